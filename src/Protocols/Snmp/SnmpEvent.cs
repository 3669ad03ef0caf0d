namespace Sensor.Protocols.Snmp;

/// <summary>What can be wrong with SNMP; rules name them <c>app-layer-event:snmp.…</c>.</summary>
public enum SnmpEvent : byte
{
    /// <summary>A message cannot be read as its version demands.</summary>
    MalformedData,
    /// <summary>A message of version 3 has no, or an unknown, model of security.</summary>
    UnknownSecurityModel,
    /// <summary>A message's version is not that of the conversation.</summary>
    VersionMismatch,
    /// <summary>More messages wait for inspection than <c>max-tx</c> or the worker holds.</summary>
    LimitReached,
}

public static class SnmpEvents
{
    /// <summary>Names in rules, at the index of the event's number.</summary>
    public static IReadOnlyList<string> Names { get; } = ["malformed_data", "unknown_security_model", "version_mismatch", "limit_reached"];
}

/// <summary>How much is kept and looked at.</summary>
public static class SnmpLimits
{
    /// <summary>Bytes of names and texts of one message, and variables of it.</summary>
    public const int Text = 32 * 1024, Variables = 1024;

    /// <summary>Messages of one worker that wait for inspection.</summary>
    public const int Messages = 65_536;

    /// <summary>Bytes of texts of one worker.</summary>
    public const long Memory = 32L * 1024 * 1024;
}

/// <summary>Kinds of requests and answers: the tag of the protocol data unit (RFC 3416 section 3, RFC 1157 section 4.1).</summary>
internal static class SnmpPdu
{
    public const int TrapV1 = 4, None = -1, Encrypted = -2;

    private static readonly string[] s_names =
        ["get_request", "get_next_request", "response", "set_request", "trap_v1", "get_bulk_request", "inform_request", "trap_v2", "report"];

    public static string? Name(int type) => type == Encrypted ? "encrypted" : type >= 0 && type < s_names.Length ? s_names[type] : null;

    private static readonly string[] s_traps =
        ["cold_start", "warm_start", "link_down", "link_up", "authentication_failure", "egp_neighbor_loss", "enterprise_specific"];

    public static string? TrapName(int type) => type >= 0 && type < s_traps.Length ? s_traps[type] : null;
}
