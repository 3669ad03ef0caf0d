using Sensor.Primitives;

namespace Sensor.Protocols.Tls;

/// <summary>How far one direction of a connection was read.</summary>
internal struct TlsSide(ByteSlab slab)
{
    /// <summary>The beginning of a handshake message whose rest comes in later records.</summary>
    public PooledBytes Message = new(slab);

    /// <summary>Bytes of the record in hand that nobody looks at.</summary>
    public int SkipRecord;

    /// <summary>Bytes of a handshake message that is too long to keep.</summary>
    public int SkipMessage;

    /// <summary>A first record was seen.</summary>
    public bool HasBegun;

    /// <summary>ChangeCipherSpec was seen: handshake records are no longer readable (before TLS 1.3).</summary>
    public bool IsCiphered;

    /// <summary>Its hello was read.</summary>
    public bool HasHello;

    /// <summary>It sent a certificate.</summary>
    public bool HasCertificate;

    /// <summary>Bytes are missing; reading goes on where a segment begins with a record.</summary>
    public bool IsLost;

    /// <summary>Empty records in a row.</summary>
    public int EmptyRecords;

    /// <summary>Length of the heartbeat record that waits for its answer, 0 without.</summary>
    public int Heartbeat;

    public void Reset()
    {
        Message.Release();
        SkipRecord = SkipMessage = EmptyRecords = Heartbeat = 0;
        HasBegun = IsCiphered = HasHello = HasCertificate = IsLost = false;
    }
}
