namespace Sensor.Detection.Keywords.Meta;

/// <summary>
/// Keywords that say how the reference engine should work or what it should store. They change nothing about what
/// matches, so their rules load; what they ask for beyond that is not done, and this is the place that says so.
/// </summary>
internal static class Accepted
{
    public static IReadOnlyList<Keyword> Keywords { get; } =
    [
        new("prefilter", ValueUse.Optional, "a hint for the reference engine's prefilter; this engine chooses by itself: prefilter;", (_, _) => { }),
        new("tag", ValueUse.Required, "asks to log more packets of the flow or host; packets are not logged here: tag:session,60,seconds;", (_, _) => { }),
        new("logto", ValueUse.Required, "asks for a log file of its own; not done here: logto:\"name\";", (_, _) => { }),
        new("replace", ValueUse.Required, "replaces bytes in bridge mode; a passive box cannot: replace:\"bytes\";", (_, _) => { }),
        new("rawbytes", ValueUse.None, "Snort's word for undecoded bytes, which is what is looked at anyway: rawbytes;", (_, _) => { }),
    ];
}
