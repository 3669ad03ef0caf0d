using Sensor.Primitives;
using Sensor.Protocols.Ftp;

namespace Sensor.Protocols.FtpData;

/// <summary>One data connection: what it is for, and the file it carries.</summary>
public sealed class FtpDataTransaction : Transaction
{
    internal FtpDataTransaction(ByteSlab slab)
    {
        Text = new TextStore(slab, ExpectationTable.LongestName);
        Content = new FileContent(slab);
    }

    internal TextStore Text { get; }

    internal TextRange Name;

    internal FtpCommand Command;

    internal FileContent Content { get; }

    internal bool HasFile;

    internal Direction FileDirection;

    /// <summary>The command it serves, in upper case; null when it is unknown.</summary>
    public string? CommandWord => FtpCommands.DataWord(Command);

    public override void Reset()
    {
        base.Reset();
        Text.Release();
        Content.Release();
        Name = default;
        Command = FtpCommand.Other;
        HasFile = false;
    }
}
