using Sensor.Primitives;
using Sensor.Protocols.Fields;
using Sensor.Protocols.Tls;

namespace Sensor.Protocols.Quic;

public enum QuicField : ushort
{
    /// <summary>Four bytes as on the wire.</summary>
    Version,
    /// <summary>The body of the hello inside CRYPTO frames; the number is its handshake type.</summary>
    Hello,
    /// <summary>Google QUIC: tags of the client's hello.</summary>
    UserAgent,
    ServerName,
    CyuText,
    CyuHash,
}

/// <summary>One hello of either side, or a packet of which only the version can be read.</summary>
public sealed class QuicTransaction(ByteSlab slab) : FieldTransaction(slab, QuicLimits.TransactionBytes, QuicLimits.Fields)
{
    /// <summary>The hello as the TLS folder reads it: names, fingerprints.</summary>
    public TlsTransaction Hello { get; } = new(slab);

    public ReadOnlySpan<byte> ServerName => Hello.ServerName.Length > 0 ? Hello.Bytes(Hello.ServerName) : TextOf((int)QuicField.ServerName);

    public override void Reset()
    {
        base.Reset();
        Hello.Reset();
    }

    internal bool Add(QuicField kind, ReadOnlySpan<byte> bytes, long number = 0) => Add((int)kind, bytes, number);
}
