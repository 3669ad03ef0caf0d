using Sensor.Primitives;

namespace Sensor.Alerts;

/// <summary>Turns the loss ledger into the stamp on alerts: what was lost since the start, and during the last minute. Event thread only.</summary>
/// <param name="ledger">Reads the ledger as it is now.</param>
public sealed class LossMeter(Func<LossLedger> ledger, TimeProvider clock)
{
    private const int Seconds = 60;

    private readonly long[] _lostAt = new long[Seconds];
    private readonly long _started = clock.GetTimestamp();
    private long _lastSecond;
    private long _lastLost;

    public LossStamp Stamp()
    {
        LossLedger now = ledger();
        long second = (long)clock.GetElapsedTime(_started).TotalSeconds;
        // Slot of a second holds what had been lost when it began; seconds nobody asked in were as the one before.
        for (long passed = Math.Max(_lastSecond + 1, second - Seconds + 1); passed <= second; passed++) _lostAt[passed % Seconds] = _lastLost;
        _lastSecond = second;
        _lastLost = now.Lost;
        long minuteAgo = second < Seconds ? 0 : _lostAt[(second + 1) % Seconds];
        return new LossStamp(now.Lost - minuteAgo, now.Lost, now.Seen);
    }
}
