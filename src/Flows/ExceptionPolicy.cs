namespace Sensor.Flows;

/// <summary>What to do with traffic that cannot be treated as usual (Suricata user guide, "Exception Policies").</summary>
public enum ExceptionPolicy : byte
{
    /// <summary>The condition has not occurred.</summary>
    None,
    Ignore, PassPacket, PassFlow, Bypass, DropPacket, DropFlow, Reject, RejectBoth,
}

/// <summary>The names EVE and the settings use; settings write hyphens, events underscores.</summary>
public static class ExceptionPolicyNames
{
    private static readonly string[] Names = ["none", "ignore", "pass_packet", "pass_flow", "bypass", "drop_packet", "drop_flow", "reject", "reject_both"];

    public static string Name(ExceptionPolicy policy) => Names[(int)policy];

    /// <summary>Reads a setting; <c>auto</c> means ignore for a passive box and drop-flow for a bridge.</summary>
    public static bool TryParse(string text, bool inline, out ExceptionPolicy policy)
    {
        string name = text.Trim().ToLowerInvariant().Replace('-', '_');
        policy = name == "auto" ? (inline ? ExceptionPolicy.DropFlow : ExceptionPolicy.Ignore) : (ExceptionPolicy)Math.Max(0, Array.IndexOf(Names, name));
        return policy != ExceptionPolicy.None;
    }
}
