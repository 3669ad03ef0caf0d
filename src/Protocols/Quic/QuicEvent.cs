namespace Sensor.Protocols.Quic;

/// <summary>What can be wrong with a QUIC conversation; rules name them <c>app-layer-event:quic.…</c>.</summary>
public enum QuicEvent : byte
{
    /// <summary>An Initial packet that its own keys do not open.</summary>
    FailedDecrypt,
    /// <summary>The content of an Initial packet is no sequence of frames.</summary>
    ErrorOnData,
    /// <summary>A header breaks off.</summary>
    ErrorOnHeader,
    /// <summary>A hello, or the pieces it comes in, pass <see cref="QuicLimits"/>.</summary>
    CryptoFragmentTooLong,
    TooManyTransactions,
}

public static class QuicEvents
{
    /// <summary>Names in rules, at the index of the event's number.</summary>
    public static IReadOnlyList<string> Names { get; } = ["failed_decrypt", "error_on_data", "error_on_header", "crypto_frag_too_long", "too_many_transactions"];
}

public static class QuicLimits
{
    /// <summary>Bytes of one side's handshake that are put together; the reference engine's bound.</summary>
    public const int Hello = 65_535;

    /// <summary>Separate pieces of a hello that wait for what is between them.</summary>
    public const int Pieces = 64;

    /// <summary>Initial packets of one side that are opened while its hello is incomplete; each costs a decryption.</summary>
    public const int Initials = 64;

    /// <summary>Bytes of one transaction.</summary>
    public const int TransactionBytes = 2 * Hello;

    public const int Fields = 64;

    /// <summary>Bytes of one worker. Beyond it hellos are cut, with an event.</summary>
    public const long WorkerBytes = 128L * 1024 * 1024;
}
