namespace Sensor.Protocols.Dcerpc;

/// <summary>Kinds of protocol data units (C706 section 12.4, MS-RPCE section 2.2.2).</summary>
public static class DcerpcType
{
    public const byte Request = 0, Response = 2, Fault = 3, Reject = 6, Bind = 11, BindAck = 12, BindNak = 13, AlterContext = 14,
        AlterContextResponse = 15, Auth3 = 16, Shutdown = 17, CoCancel = 18, Orphaned = 19, Rts = 20;

    /// <summary>No unit of this side was seen.</summary>
    public const byte None = 255;

    private static readonly string[] s_names =
    [
        "REQUEST", "PING", "RESPONSE", "FAULT", "WORKING", "NOCALL", "REJECT", "ACK", "CL_CANCEL", "FACK", "CANCEL_ACK", "BIND", "BINDACK", "BINDNAK",
        "ALTER_CONTEXT", "ALTER_CONTEXT_RESP", "AUTH3", "SHUTDOWN", "CO_CANCEL", "ORPHANED", "RTS",
    ];

    public static string Name(byte type) => type < s_names.Length ? s_names[type] : "UNKNOWN";

    public static bool IsKnown(byte type) => type < s_names.Length;

    /// <summary>Kinds that a client sends.</summary>
    public static bool IsFromClient(byte type) => type is Request or Bind or AlterContext or Auth3 or CoCancel or Orphaned;

    /// <summary>Kinds that a server sends.</summary>
    public static bool IsFromServer(byte type) => type is Response or Fault or BindAck or BindNak or AlterContextResponse or Shutdown;
}

/// <summary>How much is kept of one conversation and of one call.</summary>
public static class DcerpcLimits
{
    /// <summary>Bytes of one side's stub data, all fragments together; the rest is cut off, with an event.</summary>
    public const int Stub = 1024 * 1024;

    /// <summary>Interfaces bound in one conversation; the oldest make way.</summary>
    public const int Interfaces = 256;

    /// <summary>Calls of one worker that wait for their answer or for inspection. Beyond it a call is passed over, with an event.</summary>
    public const int Exchanges = 65_536;

    /// <summary>Bytes of stub data and interface lists of one worker.</summary>
    public const long Text = 128L * 1024 * 1024;
}
