using Sensor.Detection.Patterns;

namespace Sensor.Detection.Inspect;

/// <summary>A literal to be found, with the bounds its modifiers set (user guide, "Payload Keywords", content).</summary>
public sealed class ContentOption : PayloadOption
{
    private LiteralSearch? _search;

    public required byte[] Bytes { get; init; }

    public bool Negated { get; init; }

    public bool IgnoreCase { get; set; }

    /// <summary>Bytes from the start that may be skipped at least; null where not written.</summary>
    public Operand? Offset { get; set; }

    /// <summary>Bytes from <see cref="Offset"/> on within which it must lie; null where not written.</summary>
    public Operand? Depth { get; set; }

    /// <summary>Least distance from the previous match's end (may be negative); null where not written.</summary>
    public Operand? Distance { get; set; }

    /// <summary>Bytes from the previous match's end (plus distance) within which it must lie; null where not written.</summary>
    public Operand? Within { get; set; }

    public bool StartsWith { get; set; }

    public bool EndsWith { get; set; }

    /// <summary>The rule asks for this one to be the prefilter's pattern.</summary>
    public bool IsFastPattern { get; set; }

    /// <summary>The part of the bytes the prefilter uses: <c>fast_pattern:offset,length</c>; length 0 means all.</summary>
    public int FastPatternOffset { get; set; }

    public int FastPatternLength { get; set; }

    public override bool IsPositional => Negated || Offset is not null || Depth is not null || StartsWith || EndsWith;

    /// <summary>First occurrence in <paramref name="data"/>, or -1.</summary>
    public int Find(ReadOnlySpan<byte> data) => (_search ??= new LiteralSearch(Bytes, IgnoreCase)).Find(data);
}
