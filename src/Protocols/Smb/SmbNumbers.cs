namespace Sensor.Protocols.Smb;

/// <summary>Commands of SMB 2 and 3 (MS-SMB2 section 2.2.1.2).</summary>
internal static class Smb2Command
{
    public const int Negotiate = 0, SessionSetup = 1, Logoff = 2, TreeConnect = 3, TreeDisconnect = 4, Create = 5, Close = 6, Flush = 7, Read = 8, Write = 9,
        Lock = 10, Ioctl = 11, Cancel = 12, KeepAlive = 13, Find = 14, ChangeNotify = 15, GetInfo = 16, SetInfo = 17, OplockBreak = 18;

    private static readonly string[] s_names =
    [
        "SMB2_COMMAND_NEGOTIATE_PROTOCOL", "SMB2_COMMAND_SESSION_SETUP", "SMB2_COMMAND_SESSION_LOGOFF", "SMB2_COMMAND_TREE_CONNECT",
        "SMB2_COMMAND_TREE_DISCONNECT", "SMB2_COMMAND_CREATE", "SMB2_COMMAND_CLOSE", "SMB2_COMMAND_FLUSH", "SMB2_COMMAND_READ", "SMB2_COMMAND_WRITE",
        "SMB2_COMMAND_LOCK", "SMB2_COMMAND_IOCTL", "SMB2_COMMAND_CANCEL", "SMB2_COMMAND_KEEPALIVE", "SMB2_COMMAND_FIND", "SMB2_COMMAND_CHANGE_NOTIFY",
        "SMB2_COMMAND_GET_INFO", "SMB2_COMMAND_SET_INFO", "SMB2_COMMAND_OPLOCK_BREAK",
    ];

    public static string? Name(int command) => command < s_names.Length ? s_names[command] : null;
}

/// <summary>Commands of SMB 1 (MS-CIFS section 2.2.2.1).</summary>
internal static class Smb1Command
{
    public const int Close = 0x04, Rename = 0x07, Write = 0x0b, LockingAndX = 0x24, Transaction = 0x25, OpenAndX = 0x2d, ReadAndX = 0x2e, WriteAndX = 0x2f,
        Transaction2 = 0x32, TreeDisconnect = 0x71, Negotiate = 0x72, SessionSetupAndX = 0x73, LogoffAndX = 0x74, TreeConnectAndX = 0x75, NtCreateAndX = 0xa2,
        NtCancel = 0xa4, None = 0xff;

    private static readonly Dictionary<int, string> s_names = new()
    {
        [0x00] = "CREATE_DIRECTORY",
        [0x01] = "DELETE_DIRECTORY",
        [0x02] = "OPEN",
        [0x03] = "CREATE",
        [0x04] = "CLOSE",
        [0x05] = "FLUSH",
        [0x06] = "DELETE",
        [0x07] = "RENAME",
        [0x08] = "QUERY_INFORMATION",
        [0x09] = "SET_INFORMATION",
        [0x0a] = "READ",
        [0x0b] = "WRITE",
        [0x0c] = "LOCK_BYTE_RANGE",
        [0x0d] = "UNLOCK_BYTE_RANGE",
        [0x0e] = "CREATE_TEMPORARY",
        [0x0f] = "CREATE_NEW",
        [0x10] = "CHECK_DIRECTORY",
        [0x11] = "PROCESS_EXIT",
        [0x12] = "SEEK",
        [0x13] = "LOCK_AND_READ",
        [0x14] = "WRITE_AND_UNLOCK",
        [0x1a] = "READ_RAW",
        [0x1d] = "WRITE_RAW",
        [0x24] = "LOCKING_ANDX",
        [0x25] = "TRANS",
        [0x26] = "TRANS_SECONDARY",
        [0x27] = "IOCTL",
        [0x2b] = "ECHO",
        [0x2c] = "WRITE_AND_CLOSE",
        [0x2d] = "OPEN_ANDX",
        [0x2e] = "READ_ANDX",
        [0x2f] = "WRITE_ANDX",
        [0x32] = "TRANS2",
        [0x33] = "TRANS2_SECONDARY",
        [0x34] = "FIND_CLOSE2",
        [0x70] = "TREE_CONNECT",
        [0x71] = "TREE_DISCONNECT",
        [0x72] = "NEGOTIATE_PROTOCOL",
        [0x73] = "SESSION_SETUP_ANDX",
        [0x74] = "LOGOFF_ANDX",
        [0x75] = "TREE_CONNECT_ANDX",
        [0x80] = "QUERY_INFO_DISK",
        [0x81] = "SEARCH",
        [0xa0] = "NT_TRANS",
        [0xa1] = "NT_TRANS_SECONDARY",
        [0xa2] = "NT_CREATE_ANDX",
        [0xa4] = "NT_CANCEL",
        [0xa5] = "NT_RENAME",
        [0xc0] = "OPEN_PRINT_FILE",
        [0xc1] = "WRITE_PRINT_FILE",
        [0xc2] = "CLOSE_PRINT_FILE",
    };

    private static readonly Dictionary<int, string> s_full = s_names.ToDictionary(one => one.Key, one => "SMB1_COMMAND_" + one.Value);

    public static string? Name(int command) => s_full.GetValueOrDefault(command);

    /// <summary>Its words begin with the command, and place, of another one in the same message.</summary>
    public static bool IsChained(int command) => command is LockingAndX or OpenAndX or ReadAndX or WriteAndX or SessionSetupAndX or LogoffAndX or TreeConnectAndX or NtCreateAndX;
}

/// <summary>Words for numbers in records.</summary>
internal static class SmbWords
{
    private static readonly string[] s_dispositions = ["FILE_SUPERSEDE", "FILE_OPEN", "FILE_CREATE", "FILE_OPEN_IF", "FILE_OVERWRITE", "FILE_OVERWRITE_IF"];

    /// <summary>Control codes that are seen in networks (MS-SMB2 section 2.2.31, MS-FSCC section 2.3).</summary>
    private static readonly Dictionary<uint, string> s_functions = new()
    {
        [0x00060194] = "FSCTL_DFS_GET_REFERRALS",
        [0x000601b0] = "FSCTL_DFS_GET_REFERRALS_EX",
        [0x00110018] = "FSCTL_PIPE_WAIT",
        [0x0011400c] = "FSCTL_PIPE_PEEK",
        [0x0011c017] = "FSCTL_PIPE_TRANSCEIVE",
        [0x00140078] = "FSCTL_SRV_REQUEST_RESUME_KEY",
        [0x00140204] = "FSCTL_VALIDATE_NEGOTIATE_INFO",
        [0x001401d4] = "FSCTL_LMR_REQUEST_RESILIENCY",
        [0x001401fc] = "FSCTL_QUERY_NETWORK_INTERFACE_INFO",
        [0x00144064] = "FSCTL_SRV_ENUMERATE_SNAPSHOTS",
        [0x001440f2] = "FSCTL_SRV_COPYCHUNK",
        [0x001480f2] = "FSCTL_SRV_COPYCHUNK_WRITE",
        [0x001441bb] = "FSCTL_SRV_READ_HASH",
        [0x000900a4] = "FSCTL_SET_REPARSE_POINT",
        [0x000900a8] = "FSCTL_GET_REPARSE_POINT",
        [0x000900c0] = "FSCTL_CREATE_OR_GET_OBJECT_ID",
        [0x000980c8] = "FSCTL_SET_ZERO_DATA",
        [0x000900c4] = "FSCTL_SET_SPARSE",
        [0x00098208] = "FSCTL_FILE_LEVEL_TRIM",
        [0x0009009c] = "FSCTL_GET_OBJECT_ID",
    };

    public static string Disposition(uint number) => number < s_dispositions.Length ? s_dispositions[number] : "UNKNOWN";

    public static string? Function(uint number) => s_functions.GetValueOrDefault(number);

    public static string? Dialect(int number) => number switch
    {
        0x0202 => "2.02",
        0x0210 => "2.10",
        0x0222 => "2.22",
        0x0224 => "2.24",
        0x02ff => "2.??",
        0x0300 => "3.00",
        0x0302 => "3.02",
        0x0310 => "3.10",
        0x0311 => "3.11",
        _ => null,
    };
}

/// <summary>How much of one conversation is kept and looked at.</summary>
public static class SmbLimits
{
    /// <summary>Bytes of one record that is waited for as a whole. Content of files passes by and is not bound by it; other records beyond it are passed over, with an event.</summary>
    public const int Record = 1024 * 1024;

    /// <summary>Bytes of names and texts of one transaction.</summary>
    public const int Text = 256 * 1024;

    /// <summary>Bytes of one file's content that <c>file.data</c> shows.</summary>
    public const int FileData = 256 * 1024;

    /// <summary>Open files, trees, unanswered requests and pipes remembered per flow; the oldest make way.</summary>
    public const int EntriesPerFlow = 4096;

    /// <summary>The same, of one worker.</summary>
    public const int Entries = 262_144;

    /// <summary>Bytes of all of that of one worker.</summary>
    public const long Memory = 256L * 1024 * 1024;

    /// <summary>Messages in one compound, and commands chained in one message of SMB 1.</summary>
    public const int Compound = 256, Chain = 16;

    /// <summary>Bytes of a call's unit that came in pieces over a named pipe.</summary>
    public const int PipeUnit = 64 * 1024;
}
