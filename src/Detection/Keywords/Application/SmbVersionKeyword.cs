using Sensor.Detection.Compile;
using Sensor.Detection.RuleLanguage;
using Sensor.Protocols.Smb;

namespace Sensor.Detection.Keywords.Application;

/// <summary><c>smb.version</c>: 1, or 2 for SMB 2 and 3 (user guide, "SMB Keywords").</summary>
internal static class SmbVersionKeyword
{
    public static Keyword Keyword { get; } = new("smb.version", ValueUse.Required, "the version of the message: smb.version:1;", (rule, value) =>
    {
        NumberRange range = NumberRange.Parse("smb.version", value, byte.MaxValue);
        rule.Ask("smb", SmbProtocol.Started, SmbProtocol.Started, (transaction, _) => range.Contains((ulong)((SmbTransaction)transaction).Version));
    });
}
