using Sensor.Primitives;

namespace Sensor.Protocols.Pop3;

/// <summary>One command with its answer.</summary>
public sealed class Pop3Transaction : Transaction
{
    /// <summary>Bytes kept of a command and its answer, and words and lines kept; the rest (a whole mail, after RETR) passes.</summary>
    private const int TextLimit = 16 * 1024, MostArguments = 16, MostLines = 128;

    internal Pop3Transaction(ByteSlab slab)
    {
        Text = new TextStore(slab, TextLimit);
        Arguments = new TextList(Text, slab, MostArguments);
        Lines = new TextList(Text, slab, MostLines);
    }

    internal TextStore Text { get; }

    internal TextRange Command, Header;

    internal TextList Arguments { get; }

    /// <summary>Lines after the first of the answer.</summary>
    internal TextList Lines { get; }

    internal bool IsAnswered, IsSuccess, IsAuthentication, IsStartTls, ExpectsLines;

    public override void Reset()
    {
        base.Reset();
        Text.Release();
        Arguments.Release();
        Lines.Release();
        Command = Header = default;
        IsAnswered = IsSuccess = IsAuthentication = IsStartTls = ExpectsLines = false;
    }
}
