using Sensor.Detection.Compile;
using Sensor.Detection.RuleLanguage;
using Sensor.Protocols.Ftp;
using Sensor.Protocols.FtpData;

namespace Sensor.Detection.Keywords.Application;

/// <summary>Numbers and facts of FTP (user guide, "FTP Keywords"); its texts are buffers.</summary>
internal static class FtpKeywords
{
    private const int Complete = 2;

    private static readonly string[] DataCommands = ["RETR", "STOR", "STOU", "APPE", "LIST", "NLST", "MLSD"];

    public static IReadOnlyList<Keyword> Keywords =>
    [
        new("ftpbounce", ValueUse.None, "the client names an address that is not its own: ftpbounce;", (rule, _) =>
            rule.Ask("ftp", 1, null, (transaction, _) => transaction is FtpTransaction { IsBounce: true })),
        new("ftpdata_command", ValueUse.Required, "the command that a data connection serves: ftpdata_command:stor;", (rule, value) =>
        {
            string word = value.Trim().ToUpperInvariant();
            if (!DataCommands.Contains(word)) throw new RuleException($"cannot read ftpdata_command: \"{value.Trim()}\" is unknown; write {string.Join(", ", DataCommands).ToLowerInvariant()}");
            rule.Ask("ftp-data", 0, 0, (transaction, _) => transaction is FtpDataTransaction transfer && transfer.CommandWord == word);
        }),
        new("ftp.dynamic_port", ValueUse.Required, "the port agreed on for data: ftp.dynamic_port:>1024;", (rule, value) =>
        {
            NumberRange range = NumberRange.Parse("ftp.dynamic_port", value, ushort.MaxValue, inclusive: true);
            rule.Ask("ftp", Complete, Complete, (transaction, _) => transaction is FtpTransaction { DynamicPort: > 0 } one && range.Contains((ulong)one.DynamicPort));
        }),
        new("ftp.mode", ValueUse.Required, "who opens the data connection: ftp.mode:active; or ftp.mode:passive;", (rule, value) =>
        {
            FtpMode mode = value.Trim() switch
            {
                "active" => FtpMode.Active,
                "passive" => FtpMode.Passive,
                _ => throw new RuleException($"cannot read ftp.mode: \"{value.Trim()}\" is unknown; write active or passive"),
            };
            rule.Ask("ftp", Complete, Complete, (transaction, _) => transaction is FtpTransaction one && one.Mode == mode);
        }),
        new("ftp.reply_received", ValueUse.Required, "whether the command was answered: ftp.reply_received:no;", (rule, value) =>
        {
            bool wanted = value.Trim() switch
            {
                "yes" or "on" or "true" or "1" => true,
                "no" or "off" or "false" or "0" => false,
                _ => throw new RuleException($"cannot read ftp.reply_received: \"{value.Trim()}\" is unknown; write yes or no"),
            };
            // The greeting answers no command.
            rule.Ask("ftp", Complete, null, (transaction, _) => transaction is FtpTransaction { HasCommand: true } one && one.ReplyReceived == wanted);
        }),
    ];
}
