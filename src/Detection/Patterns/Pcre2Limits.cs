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
    /// Time one search may take, in ticks of <see cref="Stopwatch"/>: 5 ms and 200 ns a byte, over a hundred times what
    /// an honest search takes. When it is out on the wall clock, the same is granted once more in processor time, so
    /// that a thread which was made to wait does not lose a match: only subjects made to be slow are given up, and
    /// replay and live agree on all others.
    /// </summary>
    public static long BudgetTicks(int bytes) => (5_000_000L + (200L * bytes)) / NanosecondsPerTick;

    /// <summary>
    /// A block that took less lets the next one double; one that took four times as much makes it smaller. The first
    /// start of a block may run through the whole subject (4 ns a byte), which its successors then need not.
    /// </summary>
    public static long SlowBlockTicks(int bytes) => (200_000L + (8L * bytes)) / NanosecondsPerTick;

    /// <summary>Starting places of the first block.</summary>
    public const int FirstBlock = 16;

    /// <summary>
    /// Most starting places of a block: a 32nd of the subject. Bounds what a block may take that meets a slow region
    /// after quick ones (0.15 s in 64 KiB), and how often an honest search is cut.
    /// </summary>
    public static int LargestBlock(int bytes) => Math.Max(512, bytes / 32);

    private static readonly long NanosecondsPerTick = 1_000_000_000 / Stopwatch.Frequency;
}
