using Sensor.Primitives;

namespace Sensor.Protocols.Smb;

/// <summary>What a message begins with.</summary>
internal enum SmbSignature : byte { None, Smb1, Smb2, Transform, Compressed }

/// <summary>Tells by content whether bytes begin a session of SMB, with its NetBIOS request (port 139) or without.</summary>
internal static class SmbProbe
{
    public const byte SessionMessage = 0x00;

    /// <summary>Two encoded names of 34 bytes (RFC 1002 section 4.3.2), with room for scopes.</summary>
    public const int LongestSessionRequest = 512;

    /// <summary>Record header, signature, and the flags that tell requests from responses.</summary>
    public const int Depth = 4 + 20;

    private const byte SessionRequest = 0x81, PositiveResponse = 0x82, KeepAlive = 0x85;

    public static bool IsSessionService(byte type) => type is >= SessionRequest and <= KeepAlive;

    public static SmbSignature VersionOf(ReadOnlySpan<byte> message)
    {
        if (message.Length < 4 || message[1] != 'S' || message[2] != 'M' || message[3] != 'B') return SmbSignature.None;
        return message[0] switch
        {
            0xff => SmbSignature.Smb1,
            0xfe => SmbSignature.Smb2,
            0xfd => SmbSignature.Transform,
            0xfc => SmbSignature.Compressed,
            _ => SmbSignature.None,
        };
    }

    public static ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction)
    {
        if (start.Length < 4) return start.IsEmpty || start[0] is SessionMessage or SessionRequest or PositiveResponse ? ParseStatus.NeedMore : ParseStatus.Malformed;
        if (start[0] is SessionRequest or PositiveResponse) return ProbeSession(start, direction);
        if (start[0] != SessionMessage) return ParseStatus.Malformed;
        if (start.Length >= 5 && start[4] is < 0xfc) return ParseStatus.Malformed;
        if (start.Length < 8) return ParseStatus.NeedMore;
        SmbSignature version = VersionOf(start[4..]);
        if (version == SmbSignature.None) return ParseStatus.Malformed;
        if (version is SmbSignature.Transform or SmbSignature.Compressed) return ParseStatus.Done;
        if (start.Length < Depth) return ParseStatus.NeedMore;
        bool isResponse = version == SmbSignature.Smb1 ? (start[4 + 9] & 0x80) != 0 : (start[4 + 16] & 1) != 0;
        return isResponse == (direction == Direction.ToClient) ? ParseStatus.Done : ParseStatus.Malformed;
    }

    /// <summary>A session request names two ends in letters A to P behind the length 32.</summary>
    private static ParseStatus ProbeSession(ReadOnlySpan<byte> start, Direction direction)
    {
        int length = (start[1] << 16) | (start[2] << 8) | start[3];
        if (start[0] == PositiveResponse) return direction == Direction.ToClient && length == 0 ? ParseStatus.Done : ParseStatus.Malformed;
        if (direction == Direction.ToClient || length is < 68 or > LongestSessionRequest) return ParseStatus.Malformed;
        if (start.Length < Depth) return ParseStatus.NeedMore;
        return start[4] == 32 && start[5..Depth].IndexOfAnyExceptInRange((byte)'A', (byte)'P') < 0 ? ParseStatus.Done : ParseStatus.Malformed;
    }
}
