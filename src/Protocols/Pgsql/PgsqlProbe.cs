using System.Buffers.Binary;
using Sensor.Primitives;

namespace Sensor.Protocols.Pgsql;

/// <summary>Request codes of messages that begin a session.</summary>
internal static class PgsqlCode
{
    public const int Version3 = 0x30000, Version32 = 0x30002, Cancel = 80877102, Ssl = 80877103, GssEncryption = 80877104;

    public static bool IsStartup(int code) => code is >= Version3 and <= Version32;
}

internal static class PgsqlProbe
{
    private const int LeastStartup = 8, CancelLength = 16, MostAuthentication = 4096, LastAuthenticationCode = 12;

    public static ParseStatus Request(ReadOnlySpan<byte> start)
    {
        if (start.Length >= 1 && start[0] != 0) return ParseStatus.Malformed;
        if (start.Length < 8) return ParseStatus.NeedMore;
        int length = BinaryPrimitives.ReadInt32BigEndian(start), code = BinaryPrimitives.ReadInt32BigEndian(start[4..]);
        bool fits = code switch
        {
            PgsqlCode.Ssl or PgsqlCode.GssEncryption => length == LeastStartup,
            PgsqlCode.Cancel => length >= CancelLength && length <= PgsqlLimits.Startup,
            _ => PgsqlCode.IsStartup(code) && length > LeastStartup && length <= PgsqlLimits.Startup,
        };
        if (!fits) return ParseStatus.Malformed;
        if (!PgsqlCode.IsStartup(code)) return ParseStatus.Done;

        // The name of the first parameter has to follow.
        if (start.Length < 9) return ParseStatus.NeedMore;
        return start[8] is >= (byte)'_' and <= (byte)'z' ? ParseStatus.Done : ParseStatus.Malformed;
    }

    public static ParseStatus Response(ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty) return ParseStatus.NeedMore;
        if (start.Length == 1 && start[0] is (byte)'N' or (byte)'S') return ParseStatus.Done; // the whole answer to an SSL request
        if (start[0] == 'N' && start[1] == 'R') return Response(start[1..]);
        if (start[0] is not ((byte)'R' or (byte)'E')) return ParseStatus.Malformed;
        if (start.Length < 9) return ParseStatus.NeedMore;
        int length = BinaryPrimitives.ReadInt32BigEndian(start[1..]);
        if (start[0] == 'E') return length is > 10 and < 65_536 && start[5] == 'S' ? ParseStatus.Done : ParseStatus.Malformed;
        int code = BinaryPrimitives.ReadInt32BigEndian(start[5..]);
        return length is >= 8 and <= MostAuthentication && code is >= 0 and <= LastAuthenticationCode ? ParseStatus.Done : ParseStatus.Malformed;
    }
}
