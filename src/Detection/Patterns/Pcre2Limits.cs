using System.Diagnostics;

namespace Sensor.Detection.Patterns;

/// <summary>How hard an expression may try before it counts as not matching: an attacker chooses the subject.</summary>
public static class Pcre2Limits
{
    /// <summary>Suricata's default (pcre.match-limit). The library counts backtracking per starting place, not per search.</summary>
    public const uint Matches = 3500;

    /// <summary>Suricata's default (pcre.match-limit-recursion).</summary>
    public const uint Depth = 1500;

    /// <summary>For expressions with the flag <c>O</c>; still bounded.</summary>
    public const uint OverriddenMatches = 1_000_000, OverriddenDepth = 10_000;

    /// <summary>Backtracking memory of expressions that could not be compiled to machine code, in KiB.</summary>
    public const uint HeapKibibytes = 4096;

    /// <summary>
    /// Subjects longer than this, in bytes, are searched in blocks of starting places with a look at the clock between
    /// them. <c>/[a-z]{2,}zq/</c> over 64 KiB of one letter takes 4.9 s otherwise: each start is within the limits, and
    /// there are 65 536 of them. Shorter subjects cost at most a few milliseconds.
    /// </summary>
    public const int UnguardedBytes = 2048;

    /// <summary>
    /// Time one search may take: 5 ms and 20 ns a byte, some twenty times what an honest search takes. Reaching it counts
    /// as no match; only subjects made for it do, so that replay and live agree on all others.
    /// </summary>
    public static long BudgetTicks(int bytes) => ((5_000_000L + (20L * bytes)) * Stopwatch.Frequency) / 1_000_000_000L;

    /// <summary>A block that took longer, 0.25 ms, makes the next one smaller.</summary>
    public static readonly long SlowBlockTicks = Stopwatch.Frequency / 4000;

    /// <summary>Starting places of the first block; blocks double while they are quick.</summary>
    public const int FirstBlock = 16;

    /// <summary>
    /// Most starting places of a block: a 32nd of the subject. Bounds what a block may take that meets a slow region
    /// after quick ones (0.15 s in 64 KiB), and how often an honest search is cut, for each block looks ahead anew.
    /// </summary>
    public static int LargestBlock(int bytes) => Math.Max(512, bytes / 32);
}
