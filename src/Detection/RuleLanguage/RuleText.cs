namespace Sensor.Detection.RuleLanguage;

public enum RuleAction : byte { Alert, Pass, Drop, Reject, RejectSource, RejectDestination, RejectBoth, Config, Accept }

/// <summary>One option of a rule as written: <c>name</c> or <c>name:value</c>.</summary>
/// <param name="Name">Lower-case as rules write it.</param>
/// <param name="Value">Text after the colon with surrounding blanks cut, quotes and escapes untouched; null without a colon.</param>
/// <param name="Column">Where the name stands in the line, from 1.</param>
public readonly record struct RuleOption(string Name, string? Value, int Column);

/// <summary>
/// A rule taken apart but not yet understood: header words and options in order (Suricata user guide, "Rules Format").
/// </summary>
public sealed record RuleText
{
    public required string File { get; init; }
    public required int Line { get; init; }
    public required RuleAction Action { get; init; }
    /// <summary>Protocol word as written, with its hook if any (<c>http</c>, <c>tcp-pkt</c>, <c>tls:client_hello_done</c>).</summary>
    public required string Protocol { get; init; }
    public required string SourceAddress { get; init; }
    public required string SourcePort { get; init; }
    public required string DestinationAddress { get; init; }
    public required string DestinationPort { get; init; }
    /// <summary>True for <c>&lt;&gt;</c>.</summary>
    public required bool Bidirectional { get; init; }
    /// <summary>True for <c>=&gt;</c>: transactional rule, both sides of one transaction.</summary>
    public bool TransactionBidirectional { get; init; }
    public required IReadOnlyList<RuleOption> Options { get; init; }
    /// <summary>The whole line, for <c>explain</c> and for error messages.</summary>
    public required string Source { get; init; }
}

/// <summary>Why a rule was not loaded; printed as <c>file:line:column: reason</c>.</summary>
/// <param name="Sid">The rule's sid where it could be read, 0 otherwise.</param>
/// <param name="Keyword">The keyword at fault, empty for the header.</param>
public sealed record RuleError(string File, int Line, int Column, long Sid, string Keyword, string Reason)
{
    public override string ToString() => $"{File}:{Line}:{Column}: {Reason}";
}

/// <summary>Thrown by keyword parsers while rules load (never on the packet path); the loader adds where it was.</summary>
public sealed class RuleException(string reason) : Exception(reason);
