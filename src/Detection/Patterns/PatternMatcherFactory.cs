namespace Sensor.Detection.Patterns;

/// <summary>
/// Chooses the matcher for a set of patterns by what was measured (nanoseconds a scan of 16, 62, 236 and 1114 bytes):
/// <list type="bullet">
/// <item>2 patterns: one after the other 13, 19, 36, 152; libhs 36, 39, 50, 104; managed 21, 77, 216, 993.</item>
/// <item>8 patterns: one after the other 46, 46, 99, 373; libhs 51, 59, 78, 155; managed 18, 58, 214, 984.</item>
/// </list>
/// </summary>
public static class PatternMatcherFactory
{
    /// <summary>Up to this many patterns are searched one after the other.</summary>
    public const int Few = 2;

    /// <summary>The same where libhs is missing: one automaton costs as much as this many searches.</summary>
    public const int FewWithoutLibrary = 8;

    public static IPatternMatcher Create(IReadOnlyList<Pattern> patterns)
    {
        bool native = HyperscanMatcher.IsAvailable;
        if (patterns.Count <= (native ? Few : FewWithoutLibrary)) return new FewPatternsMatcher(patterns);
        return native ? new HyperscanMatcher(patterns) : new ManagedMatcher(patterns);
    }
}
