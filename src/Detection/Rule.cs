using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection;

/// <summary>What an alert record says about its rule; immutable, shared by everything that reports.</summary>
public sealed class Rule
{
    public required long Sid { get; init; }
    public int Gid { get; init; } = 1;
    public int Revision { get; init; }
    public RuleAction Action { get; init; }
    /// <summary>The <c>msg</c> with escapes undone, as UTF-8.</summary>
    public required ReadOnlyMemory<byte> Message { get; init; }
    /// <summary>Short name from <c>classtype</c>, empty without.</summary>
    public string ClassType { get; init; } = "";
    /// <summary>Long name from classification.config (EVE's <c>alert.category</c>), empty without.</summary>
    public string Category { get; init; } = "";
    /// <summary>1 (worst) to 255; EVE's <c>alert.severity</c>.</summary>
    public int Priority { get; init; } = 3;
    /// <summary>Pairs of the <c>metadata</c> keyword in order of first key.</summary>
    public IReadOnlyList<(string Key, IReadOnlyList<string> Values)> Metadata { get; init; } = [];
    /// <summary>References with their prefix resolved by reference.config.</summary>
    public IReadOnlyList<string> References { get; init; } = [];
    /// <summary>Where it came from: <c>file:line</c>.</summary>
    public string Origin { get; init; } = "";
    /// <summary>The rule's text.</summary>
    public string Source { get; init; } = "";
    /// <summary>Which side <c>target</c> names: null, "src_ip" or "dest_ip".</summary>
    public string? Target { get; init; }
}
