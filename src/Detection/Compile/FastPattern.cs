using Sensor.Detection.Inspect;

namespace Sensor.Detection.Compile;

/// <summary>The content by which the prefilter finds a rule, and where it is looked for.</summary>
/// <param name="Section">Whose data the prefilter scans.</param>
/// <param name="Bytes">The content, or the part of it that fast_pattern names.</param>
internal sealed record FastPattern(Section Section, byte[] Bytes, bool IgnoreCase)
{
    /// <summary>
    /// Prefilters need not see more of a pattern than this to be selective; long ones cost memory in the matcher.
    /// </summary>
    private const int MaximumLength = 64;

    /// <summary>Buffers that hold one of few words in all traffic; any other content tells more.</summary>
    private static readonly HashSet<string> Commonplace =
        ["http.method", "http.stat_code", "http.stat_msg", "http.protocol", "http.connection", "http.header_names", "http.accept_enc", "http.content_len"];

    /// <summary>The rule's choice, or else the content that is met least by chance: the one with most and rarest different bytes.</summary>
    public static FastPattern? Choose(IEnumerable<Section> sections)
    {
        (Section Section, ContentOption Content)? best = null;
        int bestScore = 0;
        foreach (Section section in sections)
        {
            if (section.IsAbsent || section.Target is PacketTarget or DecodedTarget) continue;
            foreach (ContentOption content in section.Options.OfType<ContentOption>())
            {
                if (content.Negated) continue;
                int score = content.IsFastPattern ? int.MaxValue : Score(section, content);
                if (score <= bestScore) continue;
                best = (section, content);
                bestScore = score;
            }
        }

        return best is { } chosen ? new FastPattern(chosen.Section, Part(chosen.Content), chosen.Content.IgnoreCase) : null;
    }

    private static byte[] Part(ContentOption content)
    {
        byte[] bytes = content.Bytes;
        if (content.FastPatternLength > 0) return bytes[content.FastPatternOffset..(content.FastPatternOffset + content.FastPatternLength)];
        return bytes.Length <= MaximumLength ? bytes : bytes[..MaximumLength];
    }

    private static int Score(Section section, ContentOption content)
    {
        Span<bool> seen = stackalloc bool[256];
        seen.Clear();
        int strength = 0;
        foreach (byte value in content.Bytes)
        {
            strength += seen[value] ? 1 : Rarity(value);
            seen[value] = true;
        }

        int score = (strength * 4) + Math.Min(content.Bytes.Length, MaximumLength);
        return section.Target is BufferTarget { Buffer.Name: var name } && Commonplace.Contains(name) ? Math.Max(score / 8, 1) : score;
    }

    // Letters are the commonest bytes of the traffic rules look at, then other text and fill bytes.
    private static int Rarity(byte value) => value switch
    {
        (>= (byte)'a' and <= (byte)'z') or (>= (byte)'A' and <= (byte)'Z') => 3,
        0x00 or 0x01 or 0xFF or 0x0D or 0x0A or 0x20 => 3,
        >= 0x20 and < 0x7F => 4,
        _ => 6,
    };
}
