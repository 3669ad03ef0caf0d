using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Detection.Inspect;

/// <summary>One match waiting for the end of the packet.</summary>
internal struct QueuedAlert
{
    /// <summary>The rule that matched; null for a blacklist hit.</summary>
    public Signature? Signature;

    /// <summary>The entry that hit, with its pseudo rule.</summary>
    public ReputationEntry? Listed;

    public Rule Rule;

    public Transaction? Transaction;

    public bool OnStream;

    public readonly int Rank => Signature?.Index ?? int.MaxValue;
}

/// <summary>
/// Matches of one packet by rank of their rule, at most <see cref="DetectionOptions.PacketAlertMax"/>: when full, the
/// worst-placed one gives way (counted). They are reported at the end of the packet, so that a pass rule found late
/// still keeps back what it must.
/// </summary>
internal sealed class AlertQueue(int limit, DetectionCounters counters)
{
    private readonly QueuedAlert[] _alerts = new QueuedAlert[limit];

    public int Count { get; private set; }

    public ref QueuedAlert this[int index] => ref _alerts[index];

    public void Add(in QueuedAlert alert)
    {
        int at = Count;
        while (at > 0 && Before(alert, _alerts[at - 1])) at--;
        if (at > 0 && alert.Signature is not null && _alerts[at - 1].Signature == alert.Signature && _alerts[at - 1].Transaction == alert.Transaction) return;
        if (Count == _alerts.Length)
        {
            counters.AlertQueueOverflow++;
            if (at == Count) return;
            Count--;
        }

        Array.Copy(_alerts, at, _alerts, at + 1, Count - at);
        _alerts[at] = alert;
        Count++;
    }

    public void Clear()
    {
        Array.Clear(_alerts, 0, Count);
        Count = 0;
    }

    private static bool Before(in QueuedAlert left, in QueuedAlert right) =>
        left.Rank != right.Rank ? left.Rank < right.Rank : (left.Transaction?.Id ?? -1) < (right.Transaction?.Id ?? -1);
}
