namespace Sensor.Protocols.Dns;

/// <summary>What can be wrong with a DNS message; rules name them <c>app-layer-event:dns.…</c> with the words of <see cref="DnsEvents.Names"/>.</summary>
public enum DnsEvent : byte
{
    /// <summary>A length or name does not fit into the message.</summary>
    MalformedData,
    /// <summary>A response travels to the server.</summary>
    NotRequest,
    /// <summary>A request travels to the client.</summary>
    NotResponse,
    /// <summary>The reserved bit of the header is set (RFC 1035 section 4.1.1).</summary>
    ZFlagSet,
    /// <summary>An operation code that no standard defines.</summary>
    InvalidOpcode,
    /// <summary>A name is longer than <see cref="DnsLimits.Name"/>; it is cut there.</summary>
    NameTooLong,
    /// <summary>Compression pointers lead more than <see cref="DnsLimits.Jumps"/> times onward.</summary>
    InfiniteLoop,
    /// <summary>A name has more than <see cref="DnsLimits.Labels"/> labels; it is cut there.</summary>
    TooManyLabels,
    InvalidAdditionals,
    InvalidAuthorities,
    /// <summary>The message holds more names, texts or records than <see cref="DnsLimits"/> keeps; the rest is not looked at.</summary>
    MessageTooComplex,
    /// <summary>More messages of one flow wait for inspection than <c>max-tx</c>, or of one worker than it holds; the rest is not looked at.</summary>
    TooManyMessages,
}

public static class DnsEvents
{
    /// <summary>Names in rules, at the index of the event's number.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "malformed_data",
        "not_a_request",
        "not_a_response",
        "z_flag_set",
        "invalid_opcode",
        "name_too_long",
        "infinite_loop",
        "too_many_labels",
        "invalid_additionals",
        "invalid_authorities",
        "message_too_complex",
        "too_many_messages",
    ];
}

/// <summary>How much of one message is kept. Compression lets 64 KiB spell out megabytes of names, hence the limits.</summary>
public static class DnsLimits
{
    /// <summary>Bytes of one name with its dots. RFC 1035 allows 255; the reference engine shows up to 1025 so that overlong names can be seen.</summary>
    public const int Name = 1025;

    /// <summary>Labels of one name.</summary>
    public const int Labels = 255;

    /// <summary>Compression pointers followed within one name.</summary>
    public const int Jumps = 255;

    /// <summary>Bytes of all names and texts of one message.</summary>
    public const int Text = 256 * 1024;

    /// <summary>Questions, records and TXT strings of one message.</summary>
    public const int Entries = 8192;

    /// <summary>Entries of one section that an event record spells out.</summary>
    public const int LoggedEntries = 1024;
}
