using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Compile;

/// <summary>A compiled rule with what is needed to rank and group it.</summary>
internal sealed class CompiledRule
{
    public required Signature Signature { get; init; }

    public FastPattern? Pattern { get; init; }

    public required RuleBuilder Builder { get; init; }

    /// <summary>Place in the files, for ties.</summary>
    public required int Loaded { get; init; }
}

/// <summary>
/// The rank of rules (user guide, "Rule Processing"): action (pass, drop, reject, alert), then rules that set a
/// flowbit, flowint or hostbit before those that ask for it, then priority, then the order they were loaded in.
/// </summary>
internal sealed class SignatureOrder : IComparer<CompiledRule>
{
    public static SignatureOrder Instance { get; } = new();

    public int Compare(CompiledRule? left, CompiledRule? right)
    {
        RuleBuilder one = left!.Builder, other = right!.Builder;
        int order = Action(one.Text.Action).CompareTo(Action(other.Text.Action));
        if (order == 0) order = Use(one.SetsFlowbit, one.AsksFlowbit).CompareTo(Use(other.SetsFlowbit, other.AsksFlowbit));
        if (order == 0) order = Use(one.SetsFlowint, one.AsksFlowint).CompareTo(Use(other.SetsFlowint, other.AsksFlowint));
        if (order == 0) order = Use(one.SetsHostbit, one.AsksHostbit).CompareTo(Use(other.SetsHostbit, other.AsksHostbit));
        if (order == 0) order = left.Signature.Rule.Priority.CompareTo(right.Signature.Rule.Priority);
        return order != 0 ? order : left.Loaded.CompareTo(right.Loaded);
    }

    private static int Action(RuleAction action) => action switch
    {
        RuleAction.Accept => 0,
        RuleAction.Pass => 1,
        RuleAction.Drop => 2,
        RuleAction.Reject or RuleAction.RejectSource or RuleAction.RejectDestination or RuleAction.RejectBoth => 3,
        _ => 4,
    };

    /// <summary>Writers first, then those that do both, then readers, then the rest.</summary>
    private static int Use(bool sets, bool asks) => (sets, asks) switch
    {
        (true, false) => 0,
        (true, true) => 1,
        (false, true) => 2,
        _ => 3,
    };
}
