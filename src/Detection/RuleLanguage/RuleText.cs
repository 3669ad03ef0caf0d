namespace Sensor.Detection.RuleLanguage;

public enum RuleAction : byte { Alert, Pass, Drop, Reject, RejectSource, RejectDestination, RejectBoth, Config, Accept }

/// <summary>One option of a rule as written: <c>name</c> or <c>name:value</c>.</summary>
/// <param name="Name">Lower-case as rules write it.</param>
/// <param name="Value">Text after the colon with surrounding blanks cut, quotes and escapes untouched; null without a colon.</param>
/// <param name="Column">Where the name stands in the line, from 1.</param>
public readonly record struct RuleOption(string Name, string? Value, int Column)
{
    /// <summary>Where the value's first character stands in the line, from 1; 0 without a value.</summary>
    public int ValueColumn { get; init; }
}

/// <summary>
/// A rule taken apart but not yet understood: header words and options in order (Suricata user guide, "Rules Format").
/// All strings are byte strings, one character per byte of the file (see <see cref="RuleBytes"/>).
/// </summary>
public sealed record RuleText
{
    public required string File { get; init; }
    public required int Line { get; init; }
    public required RuleAction Action { get; init; }
    /// <summary>What the action reaches, where it is said: <c>accept:flow</c> has "flow"; empty otherwise (user guide, "Firewall Mode").</summary>
    public string ActionScope { get; init; } = "";
    /// <summary>True when the action list also names <c>alert</c> (<c>accept:flow,alert</c>).</summary>
    public bool AlsoAlert { get; init; }
    /// <summary>Protocol word in lower case, with its hook if any (<c>http</c>, <c>tcp-pkt</c>, <c>tls:client_hello_done</c>).</summary>
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
    /// <summary>The whole line with continuation lines joined, for <c>explain</c>, event records and error messages.</summary>
    public required string Source { get; init; }
    /// <summary>Where continuation lines begin in the joined line (offsets from 0, ascending); empty for a rule on one line.</summary>
    public IReadOnlyList<int> Continuations { get; init; } = [];

    /// <summary>The file's line and column (both from 1) of a column as options tell it.</summary>
    public (int Line, int Column) Locate(int column) => RuleLine.Locate(Line, Continuations, column);
}

/// <summary>Why a rule was not loaded; printed as <c>file:line:column: reason</c>.</summary>
/// <param name="Sid">The rule's sid where it could be read, 0 otherwise.</param>
/// <param name="Keyword">The keyword at fault, empty for the header.</param>
public sealed record RuleError(string File, int Line, int Column, long Sid, string Keyword, string Reason)
{
    public override string ToString() => $"{File}:{Line}:{Column}: {Reason}";
}

/// <summary>Thrown by keyword parsers while rules load (never on the packet path); the loader adds where it was.</summary>
/// <param name="reason">What cannot be done and what to write instead.</param>
/// <param name="offset">How many characters into the text handed to the parser the fault stands.</param>
public sealed class RuleException(string reason, int offset = 0) : Exception(reason)
{
    public int Offset { get; } = offset;
}
