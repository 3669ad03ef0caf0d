using System.Text;
using Sensor.Detection.Compile;
using Sensor.Detection.RuleLanguage;
using Sensor.Protocols.Ssh;

namespace Sensor.Detection.Keywords.Application;

/// <summary>The older keywords over SSH banners (user guide, "SSH Keywords"); the newer ones are buffers.</summary>
internal static class SshKeywords
{
    private const int Banner = 1;

    public static IReadOnlyList<Keyword> Keywords =>
    [
        new("ssh.protoversion", ValueUse.Required, "the version in the banner: ssh.protoversion:2.0; or ssh.protoversion:2_compat;", (rule, value) =>
        {
            string text = QuotedValue.Parse(value).Text.Trim();
            byte[] version = Encoding.ASCII.GetBytes(text);
            bool compatible = text == "2_compat";
            rule.Ask("ssh", Banner, Banner, (transaction, direction) => transaction is SshTransaction connection
                && (compatible ? connection.Version(direction).StartsWith("2"u8) || connection.Version(direction).SequenceEqual("1.99"u8) : connection.Version(direction).SequenceEqual(version)));
        }),
        new("ssh.softwareversion", ValueUse.Required, "a part of the software's name in the banner: ssh.softwareversion:\"OpenSSH\";", (rule, value) =>
        {
            byte[] software = ContentPattern.ToBytes(QuotedValue.Parse(value).Text);
            rule.Ask("ssh", Banner, Banner, (transaction, direction) => transaction is SshTransaction connection && connection.Software(direction).IndexOf(software) >= 0);
        }),
    ];
}
