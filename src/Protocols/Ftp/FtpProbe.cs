using System.Text;
using Sensor.Primitives;

namespace Sensor.Protocols.Ftp;

/// <summary>Tells FTP by its greeting, or by a first command that only FTP has.</summary>
internal static class FtpProbe
{
    private static readonly byte[][] FirstCommands =
        [[.. "USER "u8], [.. "AUTH TLS"u8], [.. "AUTH SSL"u8], [.. "FEAT\r\n"u8], [.. "SYST\r\n"u8], [.. "PASV\r\n"u8], [.. "EPSV\r\n"u8], [.. "PORT "u8], [.. "EPRT "u8], [.. "OPTS UTF8"u8], [.. "HOST "u8]];

    public static ParseStatus Server(ReadOnlySpan<byte> start)
    {
        ParseStatus greeting = TextProbe.Greeting(start);
        if (greeting != ParseStatus.Done) return greeting;
        return TextProbe.Says(start, "FTP"u8) || TextProbe.Says(start, "FileZilla"u8) ? ParseStatus.Done : ParseStatus.NeedMore;
    }

    public static ParseStatus Client(ReadOnlySpan<byte> start)
    {
        foreach (byte[] command in FirstCommands)
        {
            int compared = Math.Min(start.Length, command.Length);
            if (!Ascii.EqualsIgnoreCase(start[..compared], command.AsSpan(0, compared))) continue;
            if (start.Length < command.Length) return ParseStatus.NeedMore;
            if (command[0] == 'U') return Login(start[command.Length..]);
            return ParseStatus.Done;
        }

        return ParseStatus.Malformed;
    }

    /// <summary>IRC clients say USER too, with four words, and so do POP3 clients, after their server has named itself.</summary>
    private static ParseStatus Login(ReadOnlySpan<byte> name)
    {
        int end = name.IndexOf((byte)'\n');
        if (end < 0) return ParseStatus.NeedMore;
        return name[..end].Contains((byte)':') && name[..end].Count((byte)' ') >= 3 ? ParseStatus.Malformed : ParseStatus.Done;
    }
}
