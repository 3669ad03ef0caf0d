namespace Sensor.Engine;

/// <summary>
/// How much the current thread allocates once warm. What was allocated is noted whenever the number of packets has
/// doubled; the warm-up is everything up to the last doubling but one, so that at least the second half of any run is
/// measured, whatever its length.
/// </summary>
internal sealed class AllocationMeter
{
    private const long FirstMark = 1024;

    private long _nextMark = FirstMark;
    private long _atMark, _atMarkBefore;
    private long _markBefore;

    public long WarmUpPackets => _markBefore;

    public long SinceWarmUp { get; private set; }

    /// <summary>Called on the worker between two batches.</summary>
    public void After(long packets)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        if (packets >= _nextMark)
        {
            _markBefore = _nextMark == FirstMark ? packets : _nextMark / 2;
            _atMarkBefore = _nextMark == FirstMark ? allocated : _atMark;
            _atMark = allocated;
            while (_nextMark <= packets) _nextMark *= 2;
        }

        SinceWarmUp = _markBefore == 0 ? 0 : allocated - _atMarkBefore;
    }
}
