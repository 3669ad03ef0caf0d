using Sensor.Primitives;

namespace Sensor.Protocols.Snmp;

/// <summary>Where a piece of text lies in the text of its <see cref="SnmpTransaction"/>; a length below 0 is "not there".</summary>
public readonly record struct SnmpText(int Start, int Length)
{
    public static readonly SnmpText Missing = new(0, -1);
}

/// <summary>One message; requests and responses are transactions of their own.</summary>
public sealed class SnmpTransaction(ByteSlab slab) : Transaction
{
    private PooledBytes _text = new(slab);

    /// <summary>The way it went.</summary>
    public Direction Travel { get; internal set; }

    /// <summary>1, 2 or 3; 0 when it could not be read.</summary>
    public int Version { get; internal set; }

    /// <summary>Tag of the unit, <see cref="SnmpPdu.None"/> or <see cref="SnmpPdu.Encrypted"/>.</summary>
    public int PduType { get; internal set; } = SnmpPdu.None;

    public SnmpText Community { get; internal set; } = SnmpText.Missing;

    /// <summary>User of the user-based security model (RFC 3414).</summary>
    public SnmpText User { get; internal set; } = SnmpText.Missing;

    /// <summary>Names of variables as text, with a NUL after each.</summary>
    public SnmpText Variables { get; internal set; } = SnmpText.Missing;

    public int TrapType { get; internal set; } = -1;

    public SnmpText TrapName { get; internal set; } = SnmpText.Missing;

    public SnmpText TrapAddress { get; internal set; } = SnmpText.Missing;

    public ReadOnlySpan<byte> Bytes(SnmpText text) => text.Length <= 0 ? default : _text.Slice(text.Start, text.Length);

    internal int TextLength => _text.Length;

    internal bool TryKeep(ReadOnlySpan<byte> bytes) => _text.TryAppend(bytes, SnmpLimits.Text);

    internal SnmpText Keep(ReadOnlySpan<byte> bytes)
    {
        int start = _text.Length;
        return TryKeep(bytes) ? new SnmpText(start, bytes.Length) : SnmpText.Missing;
    }

    public override void Reset()
    {
        base.Reset();
        _text.Release();
        Travel = Direction.ToServer;
        Version = 0;
        PduType = SnmpPdu.None;
        TrapType = -1;
        Community = User = Variables = TrapName = TrapAddress = SnmpText.Missing;
    }
}
