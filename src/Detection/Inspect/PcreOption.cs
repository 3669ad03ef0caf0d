using Sensor.Detection.Patterns;

namespace Sensor.Detection.Inspect;

/// <summary>A regular expression to be found (user guide, "Payload Keywords", pcre).</summary>
public sealed class PcreOption : PayloadOption
{
    public required Pcre2Regex Regex { get; init; }

    public bool Negated { get; init; }

    /// <summary>Begins with <c>^</c>: speaks of where the data begins.</summary>
    public bool IsAnchored { get; init; }

    public override bool IsPositional => Negated || (IsAnchored && !IsRelative);

    /// <summary>First match in <paramref name="data"/> that begins at or after <paramref name="from"/>.</summary>
    public bool TryFind(ReadOnlySpan<byte> data, int from, out int start, out int end) => Regex.TryMatch(data, from, out start, out end);
}
