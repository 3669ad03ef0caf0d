using System.Text;
using Sensor.Primitives;

namespace Sensor.Protocols.Smtp;

/// <summary>Tells mail by its greeting. Both SMTP and FTP servers begin with 220: the words behind it decide, or else the client.</summary>
internal static class SmtpProbe
{
    public const int Depth = 1024;

    public static ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction) =>
        direction == Direction.ToServer ? Client(start) : Server(start);

    private static ParseStatus Client(ReadOnlySpan<byte> start)
    {
        if (start.Length < 4) return TextProbe.MayBecome(start, "EHLO"u8, "HELO"u8) ? ParseStatus.NeedMore : ParseStatus.Malformed;
        if (!TextProbe.Begins(start, "EHLO"u8) && !TextProbe.Begins(start, "HELO"u8)) return ParseStatus.Malformed;
        if (start.Length == 4) return ParseStatus.NeedMore;
        return start[4] is (byte)' ' or (byte)'\r' or (byte)'\n' or (byte)'\t' ? ParseStatus.Done : ParseStatus.Malformed;
    }

    private static ParseStatus Server(ReadOnlySpan<byte> start)
    {
        ParseStatus greeting = TextProbe.Greeting(start);
        if (greeting != ParseStatus.Done) return greeting;
        return TextProbe.Says(start, "SMTP"u8) ? ParseStatus.Done : ParseStatus.NeedMore;
    }
}
