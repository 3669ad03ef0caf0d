using Sensor.Primitives;

namespace Sensor.Protocols.Krb5;

/// <summary>Where a piece of text lies in the text of its <see cref="Krb5Transaction"/>; a length below 0 is "not there".</summary>
public readonly record struct Krb5Text(int Start, int Length)
{
    public static readonly Krb5Text Missing = new(0, -1);
}

/// <summary>One message; requests and replies are transactions of their own.</summary>
public sealed class Krb5Transaction(ByteSlab slab) : Transaction
{
    private PooledBytes _text = new(slab);

    /// <summary>The way it went.</summary>
    public Direction Travel { get; internal set; }

    /// <summary><see cref="Krb5Type"/>.</summary>
    public int MessageType { get; internal set; }

    public Krb5Text Realm { get; internal set; } = Krb5Text.Missing;

    /// <summary>Names: their parts with a slash between.</summary>
    public Krb5Text ClientName { get; internal set; } = Krb5Text.Missing;

    public Krb5Text ServiceName { get; internal set; } = Krb5Text.Missing;

    /// <summary>How the reply's own part is encrypted, and the ticket in it; null when there is none.</summary>
    public int? Encryption { get; internal set; }

    public int? TicketEncryption { get; internal set; }

    /// <summary>Of an error.</summary>
    public int? ErrorCode { get; internal set; }

    /// <summary>The kind of request that an error answers, 0 when none was seen.</summary>
    public int FailedRequest { get; internal set; }

    public ReadOnlySpan<byte> Bytes(Krb5Text text) => text.Length <= 0 ? default : _text.Slice(text.Start, text.Length);

    internal int TextLength => _text.Length;

    internal bool Keep(ReadOnlySpan<byte> bytes) => _text.TryAppend(bytes, Krb5Limits.Text);

    public override void Reset()
    {
        base.Reset();
        _text.Release();
        Travel = Direction.ToServer;
        MessageType = FailedRequest = 0;
        Realm = ClientName = ServiceName = Krb5Text.Missing;
        Encryption = TicketEncryption = ErrorCode = null;
    }
}
