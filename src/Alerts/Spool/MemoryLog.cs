namespace Sensor.Alerts.Spool;

/// <summary>
/// Holds records while the disk refuses to write. It has an epoch of its own, because what is numbered here does not
/// survive a restart: a number of the disk's epoch given out from memory would be given out again after a crash, and
/// the receiver would take the second alert for a copy of the first. Records get their number when first handed out;
/// those not handed out yet move to the disk as soon as it writes again.
/// </summary>
internal sealed class MemoryLog(int limit, long epoch)
{
    private readonly List<PendingRecord> _waiting = [];
    private readonly List<SpoolRecord> _handedOut = [];
    private long _lastSequence;

    public long Epoch { get; } = epoch;

    public int Count => _waiting.Count + _handedOut.Count;

    public int NotHandedOut => _waiting.Count;

    public long Dropped { get; private set; }

    public void Add(PendingRecord record)
    {
        if (Count >= limit && !TryMakeRoom(record))
        {
            Dropped++;
            return;
        }

        _waiting.Add(record);
    }

    public List<SpoolRecord> Read(int maximumRecords, int maximumBytes)
    {
        int move = Math.Min(maximumRecords - _handedOut.Count, _waiting.Count);
        for (int i = 0; i < move; i++) _handedOut.Add(new SpoolRecord(++_lastSequence, _waiting[i].Kind, _waiting[i].Severity, _waiting[i].Payload));
        if (move > 0) _waiting.RemoveRange(0, move);

        var records = new List<SpoolRecord>();
        int bytes = 0;
        foreach (SpoolRecord record in _handedOut)
        {
            if (records.Count >= maximumRecords || (records.Count > 0 && bytes + record.Payload.Length > maximumBytes)) break;
            records.Add(record);
            bytes += record.Payload.Length;
        }

        return records;
    }

    public void Acknowledge(long through) => _handedOut.RemoveAll(record => record.Sequence <= through);

    public List<PendingRecord> TakeNotHandedOut()
    {
        List<PendingRecord> taken = [.. _waiting];
        _waiting.Clear();
        return taken;
    }

    // The least severe of those not handed out goes, the oldest of equals first, provided it matters less than the new one or as little.
    private bool TryMakeRoom(PendingRecord incoming)
    {
        int victim = -1;
        for (int i = 0; i < _waiting.Count; i++)
        {
            if (victim < 0 || _waiting[i].Severity < _waiting[victim].Severity) victim = i;
            if (_waiting[victim].Severity == Primitives.Severity.Info) break;
        }

        if (victim < 0 || _waiting[victim].Severity > incoming.Severity) return false;
        _waiting.RemoveAt(victim);
        Dropped++;
        return true;
    }
}
