using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Meta;

/// <summary>Keywords that are known and refused, with the reason.</summary>
internal static class Refused
{
    public static IReadOnlyList<Keyword> Keywords { get; } =
    [
        Refuse("lua", "rules with scripts are not run: a script on the packet path cannot be bounded"),
        Refuse("luajit", "rules with scripts are not run: a script on the packet path cannot be bounded"),
        Refuse("luaxform", "rules with scripts are not run: a script on the packet path cannot be bounded"),
        Refuse("geoip", "this sensor has no database of countries"),
        Refuse("nfq_set_mark", "packet marks belong to a netfilter queue, which this sensor does not use"),
    ];

    private static Keyword Refuse(string name, string reason) =>
        new(name, ValueUse.Optional, $"refused: {reason}", (_, _) => throw new RuleException($"cannot use {name}: {reason}"));
}
