using Sensor.Primitives;

namespace Sensor.Detection.Inspect;

/// <summary>
/// What Detection keeps on a transaction. It stays with the pooled transaction for good and is recognised as stale by
/// flow, transaction and rule set, so nothing has to be given back on any of the ways a transaction may end.
/// </summary>
internal sealed class TransactionState
{
    public readonly TransactionSide ToServer = new(), ToClient = new();

    private long _flow = -1, _transaction = -1;
    private int _generation = -1;

    public TransactionSide Side(Direction direction) => direction == Direction.ToServer ? ToServer : ToClient;

    /// <summary>
    /// Makes the state that of this transaction. After a change of rules everything but the list of rules that have
    /// alerted is forgotten: the new rules see the whole transaction, and none of them repeats an alert.
    /// </summary>
    public void Bind(long flow, long transaction, int generation)
    {
        if (_flow == flow && _transaction == transaction)
        {
            if (_generation == generation) return;
            _generation = generation;
            ToServer.Restart();
            ToClient.Restart();
            return;
        }

        _flow = flow;
        _transaction = transaction;
        _generation = generation;
        ToServer.Reset();
        ToClient.Reset();
    }
}

/// <summary>One direction of it.</summary>
internal sealed class TransactionSide
{
    /// <summary>Prefilters that have run to their end; numbers are their places in the protocol's list.</summary>
    public EventSet PrefiltersDone;

    /// <summary>Progress at the last inspection, -1 before the first.</summary>
    public int Progress = -1;

    /// <summary>Events at the last inspection.</summary>
    public EventSet Events;

    /// <summary>Some unfinished rule waits for something that progress does not tell (a growing body, an event).</summary>
    public bool Watches;

    /// <summary><see cref="FileStep.Mark"/> at the last inspection.</summary>
    public int FileMark;

    private RuleProgress[] _rules = new RuleProgress[8];
    private int _ruleCount;
    private Growth[] _growths = new Growth[4];
    private long[] _alerted = new long[4];
    private int _alertedCount;

    public Span<RuleProgress> Rules => _rules.AsSpan(0, _ruleCount);

    /// <summary>The rule's entry, or -1.</summary>
    public int Find(int signature)
    {
        for (int at = 0; at < _ruleCount; at++)
        {
            if (_rules[at].Signature == signature) return at;
        }

        return -1;
    }

    /// <summary>A new entry's place, -1 when the transaction holds <paramref name="limit"/>.</summary>
    public int Add(int signature, int limit)
    {
        if (_ruleCount >= limit) return -1;
        if (_ruleCount == _rules.Length) Array.Resize(ref _rules, _ruleCount * 2);
        _rules[_ruleCount] = new RuleProgress { Signature = signature };
        return _ruleCount++;
    }

    /// <summary>How a growing buffer was last seen; <paramref name="buffer"/> is its place in the group's list.</summary>
    public ref Growth Growth(int buffer)
    {
        if (buffer >= _growths.Length) Array.Resize(ref _growths, Math.Max(buffer + 1, _growths.Length * 2));
        return ref _growths[buffer];
    }

    public bool HasAlerted(long rule) => _alerted.AsSpan(0, _alertedCount).Contains(rule);

    public void MarkAlerted(long rule)
    {
        if (_alertedCount == _alerted.Length) Array.Resize(ref _alerted, _alertedCount * 2);
        _alerted[_alertedCount++] = rule;
    }

    public void Restart()
    {
        PrefiltersDone.Clear();
        Events.Clear();
        Progress = -1;
        Watches = false;
        FileMark = 0;
        _ruleCount = 0;
        Array.Clear(_growths);
    }

    public void Reset()
    {
        Restart();
        _alertedCount = 0;
    }
}

/// <summary>
/// How far a growing buffer was looked at. It is looked at when it is complete, or has enough bytes and has grown by
/// a share of its length since: work stays linear in the bytes however small the packets are.
/// </summary>
internal struct Growth
{
    /// <summary>Bytes from which a buffer is worth a look before it is complete (suricata.yaml: request-body-minimal-inspect-size 32kb).</summary>
    public const int MinimumBytes = 32 * 1024;

    /// <summary>A further look needs the buffer longer by one part in this many.</summary>
    private const int GrowthParts = 4;

    /// <summary>End of the buffer at the last look and at the one before.</summary>
    public long Seen, Before;

    public bool IsFinal;

    /// <summary>It is looked at now.</summary>
    public bool IsDue;

    public void Observe(long end, bool final)
    {
        IsDue = !IsFinal && (final || (end >= MinimumBytes && end - Seen >= Math.Max(Seen / GrowthParts, 1)));
        if (!IsDue) return;
        Before = Seen;
        Seen = end;
        IsFinal = final;
    }
}

/// <summary>How far one rule has come on one side of one transaction.</summary>
internal struct RuleProgress
{
    public int Signature;

    /// <summary>It has matched, or never can.</summary>
    public bool Finished;

    /// <summary>Bit n: step n of the rule's plan has matched.</summary>
    public ulong Matched;
}
