using Sensor.Primitives;

namespace Sensor.Detection.Inspect;

/// <summary>
/// One step of a chain of options over one buffer (content, pcre, byte_test...). Immutable after the rule is compiled.
/// </summary>
public abstract class PayloadOption
{
    /// <summary>Counts from the end of the previous match in the same buffer, not from the buffer's start.</summary>
    public bool IsRelative { get; set; }

    /// <summary>
    /// A later option counts from the end of this one: when that one fails, this one tries its next occurrence.
    /// </summary>
    public bool NextIsRelative { get; internal set; }

    /// <summary>Speaks of a place in the buffer or of its length, so it must see the buffer as the rule's author does.</summary>
    public virtual bool IsPositional => false;
}

/// <summary>An option that looks once and answers yes or no; it may move <see cref="ChainCursor.Position"/>.</summary>
public abstract class PayloadTest : PayloadOption
{
    public abstract bool Matches(scoped ref ChainCursor cursor);

    public override bool IsPositional => !IsRelative;
}

/// <summary>A number written in the rule, or the name of a variable that byte_extract or byte_math filled.</summary>
public readonly record struct Operand(long Value, int Variable = Operand.NoVariable)
{
    public const int NoVariable = -1;

    public long Resolve(InspectContext context) => Variable == NoVariable ? Value : unchecked((long)context.Variables[Variable]);
}

/// <summary>Where a chain stands in the buffer it looks at.</summary>
public ref struct ChainCursor
{
    public ReadOnlySpan<byte> Data;

    /// <summary>End of the last match, 0 before the first.</summary>
    public int Position;

    /// <summary>Position of <c>Data[0]</c> in the whole, for buffers that are shown in pieces.</summary>
    public long Offset;

    /// <summary>No byte follows <see cref="Data"/>.</summary>
    public bool IsFinal;

    /// <summary>Furthest byte any match reached; tells whether a match lies wholly in bytes that were seen before.</summary>
    public int Reached;

    public required InspectContext Context;

    public void MoveTo(int position)
    {
        Position = position;
        if (position > Reached) Reached = position;
    }
}

/// <summary>All options of a rule over one buffer, in the order written.</summary>
public sealed class ContentChain
{
    public ContentChain(IReadOnlyList<PayloadOption> options)
    {
        Options = [.. options];
        LinkRelatives(Options);
        IsPositional = Options.Any(option => option.IsPositional);
    }

    public PayloadOption[] Options { get; }

    /// <summary>Some option depends on where the buffer begins or ends.</summary>
    public bool IsPositional { get; }

    /// <summary>The buffer's absence is what the rule asks for (<c>absent</c>), alone or as an alternative.</summary>
    public bool MatchesAbsence { get; init; }

    /// <summary>Only absence matches: <c>absent</c> without <c>or_else</c>.</summary>
    public bool OnlyAbsence => MatchesAbsence && Options.Length == 0;

    // A relative option counts from the nearest content or pcre before it; that one must be ready to try again.
    private static void LinkRelatives(PayloadOption[] options)
    {
        PayloadOption? anchor = null;
        foreach (PayloadOption option in options)
        {
            if (option.IsRelative && anchor is not null) anchor.NextIsRelative = true;
            if (option is ContentOption or PcreOption) anchor = option;
        }
    }
}
