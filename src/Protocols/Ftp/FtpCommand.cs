using System.Text;

namespace Sensor.Protocols.Ftp;

/// <summary>Commands whose meaning matters here (RFC 959, RFC 2428, RFC 4217, RFC 3659).</summary>
internal enum FtpCommand : byte { Other, Port, ExtendedPort, Passive, ExtendedPassive, Retrieve, Store, StoreUnique, Append, List, NameList, MachineList, AuthTls }

internal static class FtpCommands
{
    private static readonly (byte[] Word, FtpCommand Command)[] Known =
    [
        ([.. "PORT"u8], FtpCommand.Port), ([.. "EPRT"u8], FtpCommand.ExtendedPort), ([.. "PASV"u8], FtpCommand.Passive), ([.. "EPSV"u8], FtpCommand.ExtendedPassive),
        ([.. "RETR"u8], FtpCommand.Retrieve), ([.. "STOR"u8], FtpCommand.Store), ([.. "STOU"u8], FtpCommand.StoreUnique), ([.. "APPE"u8], FtpCommand.Append),
        ([.. "LIST"u8], FtpCommand.List), ([.. "NLST"u8], FtpCommand.NameList), ([.. "MLSD"u8], FtpCommand.MachineList),
    ];

    public static FtpCommand Of(ReadOnlySpan<byte> word, ReadOnlySpan<byte> argument)
    {
        foreach ((byte[] known, FtpCommand command) in Known)
        {
            if (Ascii.EqualsIgnoreCase(word, known)) return command;
        }

        bool isTls = Ascii.EqualsIgnoreCase(word, "AUTH"u8) && (TextProbe.Begins(argument, "TLS"u8) || TextProbe.Begins(argument, "SSL"u8));
        return isTls ? FtpCommand.AuthTls : FtpCommand.Other;
    }

    /// <summary>The word of a command that needs a data connection, null for others.</summary>
    public static string? DataWord(FtpCommand command) => command switch
    {
        FtpCommand.Retrieve => "RETR",
        FtpCommand.Store => "STOR",
        FtpCommand.StoreUnique => "STOU",
        FtpCommand.Append => "APPE",
        FtpCommand.List => "LIST",
        FtpCommand.NameList => "NLST",
        FtpCommand.MachineList => "MLSD",
        _ => null,
    };

    /// <summary>The data connection carries a file, not a list.</summary>
    public static bool CarriesFile(FtpCommand command) => command is FtpCommand.Retrieve or FtpCommand.Store or FtpCommand.StoreUnique or FtpCommand.Append;
}
