using Sensor.Detection.Compile;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords;

/// <summary>Adds what a keyword asks for to the rule; throws <see cref="RuleException"/> for a value it cannot read.</summary>
/// <param name="value">The text after the colon, "" without.</param>
public delegate void KeywordParser(RuleBuilder rule, string value);

/// <summary>Whether a keyword is written with a value.</summary>
public enum ValueUse : byte { Required, None, Optional }

/// <summary>One word of the rule language: its name, what it is for, and how it is read.</summary>
public sealed record Keyword(string Name, ValueUse Value, string Help, KeywordParser Parse)
{
    /// <summary>Older spellings that mean the same.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];
}
