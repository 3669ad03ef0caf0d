using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Sensor.Detection.Patterns;

/// <summary>How much of <see cref="Pcre2Limits.BudgetTicks"/> a search has left. Costs a look at the clock per block.</summary>
internal ref struct SearchBudget
{
    private readonly long _ticks, _deadline;
    private long _before, _processorDeadline;

    public SearchBudget(int bytes)
    {
        _ticks = Pcre2Limits.BudgetTicks(bytes);
        _before = Stopwatch.GetTimestamp();
        _deadline = _before + _ticks;
    }

    /// <summary>Ticks since the last call, or since the beginning; false when the search must end.</summary>
    public bool TryGoOn(out long elapsed)
    {
        long now = Stopwatch.GetTimestamp();
        elapsed = now - _before;
        _before = now;
        return now <= _deadline || HasProcessorTimeLeft();
    }

    private bool HasProcessorTimeLeft()
    {
        long now = ThreadClock.Ticks;
        if (_processorDeadline == 0) _processorDeadline = now + _ticks;
        return now <= _processorDeadline;
    }
}

/// <summary>Processor time the calling thread has used; a system call of some 300 ns.</summary>
internal static unsafe partial class ThreadClock
{
    private const int ThreadProcessorTime = 3; // CLOCK_THREAD_CPUTIME_ID, clock_gettime(2)

    /// <summary>In ticks of <see cref="Stopwatch"/>.</summary>
    public static long Ticks
    {
        get
        {
            Time time = default;
            _ = GetTime(ThreadProcessorTime, &time);
            return ((time.Seconds * 1_000_000_000L) + time.Nanoseconds) / (1_000_000_000L / Stopwatch.Frequency);
        }
    }

    private struct Time
    {
        public long Seconds, Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, Time* time);
}
