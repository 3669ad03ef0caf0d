namespace Sensor.Protocols.Ftp;

/// <summary>What can be wrong with an FTP conversation; rules name them <c>app-layer-event:ftp.…</c> with the words of <see cref="FtpEvents.Names"/>.</summary>
public enum FtpEvent : byte
{
    /// <summary>A command line longer than <c>max-line-length</c>.</summary>
    RequestCommandTooLong,
    /// <summary>A reply line longer than <c>max-line-length</c>.</summary>
    ResponseCommandTooLong,
    /// <summary>More commands wait for their reply than <c>max-tx</c>.</summary>
    TooManyTransactions,
    /// <summary>A file was asked for before either side named a port for it.</summary>
    FileBeforePort,
}

public static class FtpEvents
{
    /// <summary>Names in rules, at the index of the event's number.</summary>
    public static IReadOnlyList<string> Names { get; } = ["request_command_too_long", "response_command_too_long", "too_many_transactions", "file_before_port"];
}
