using System.Text;
using Sensor.Decode;
using Sensor.Detection.RuleLanguage;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Detection.Inspect;

/// <summary>
/// Takes matches while a packet is inspected and hands them over at its end, in order of rank: thresholds decide which
/// are reported, a pass rule keeps back all that rank behind it, drop and reject make the verdict.
/// </summary>
internal sealed class AlertSink : IReputationSink
{
    /// <summary>Blacklist entries whose pseudo rule is kept; beyond it they are made anew.</summary>
    private const int MaximumPseudoRules = 65_536;

    private readonly InspectContext _context;
    private readonly AlertQueue _queue;
    private readonly Dictionary<ReputationEntry, Rule> _pseudoRules = new(ReferenceEqualityComparer.Instance);
    private ThresholdPolicy _policy = ThresholdPolicy.Empty;

    public AlertSink(InspectContext context)
    {
        _context = context;
        _queue = new AlertQueue(context.Options.PacketAlertMax, context.Counters);
    }

    public void Use(ThresholdPolicy policy) => _policy = policy;

    /// <summary>The rule that decided to drop or reject the last packet; null when none did.</summary>
    public Rule? DroppingRule { get; private set; }

    /// <summary>It dropped because a rate filter said so, not by its own action.</summary>
    public bool DroppedByRateFilter { get; private set; }

    /// <summary>A rule has matched: its effects take place now, so that rules ranking behind it see them.</summary>
    public void Raise(Signature signature, Transaction? transaction, bool onStream)
    {
        if (signature.DetectionFilter is { } filter && filter.CountMatch(_context) != ThresholdAnswer.Alert) return;
        foreach (MatchEffect effect in signature.Effects) effect.Apply(_context);
        _queue.Add(new QueuedAlert { Signature = signature, Rule = signature.Rule, Transaction = transaction, OnStream = onStream });
    }

    public void Hit(Flow flow, Transaction? transaction, ReputationEntry entry, ReadOnlySpan<byte> observed)
    {
        if (!_pseudoRules.TryGetValue(entry, out Rule? rule))
        {
            rule = PseudoRule(entry);
            if (_pseudoRules.Count < MaximumPseudoRules) _pseudoRules.Add(entry, rule);
        }

        _queue.Add(new QueuedAlert { Listed = entry, Rule = rule, Transaction = transaction });
    }

    /// <summary>Reports what was raised and answers the packet's verdict.</summary>
    public Verdict Flush(Flow? flow, scoped ref PacketView packet, IMatchSink sink)
    {
        Verdict verdict = Verdict.Pass;
        bool dropsFlow = false;
        DroppingRule = null;
        for (int at = 0; at < _queue.Count; at++)
        {
            ref QueuedAlert alert = ref _queue[at];
            RuleAction action = alert.Rule.Action;
            ThresholdAnswer answer = alert.Signature is { } signature ? _policy.Decide(signature, _context, ref action) : ThresholdAnswer.Alert;
            if (answer == ThresholdAnswer.None)
            {
                _context.Counters.AlertsSuppressed++;
                continue;
            }

            if (action is RuleAction.Config or RuleAction.Accept) continue;
            if (action == RuleAction.Pass)
            {
                if (alert.Signature is { AlsoAlerts: true }) Report(alert, Verdict.Pass, flow, ref packet, sink);
                if (flow is not null && alert.Signature!.ReachesFlow(alert.OnStream)) flow.Passed = true;
                break;
            }

            Verdict own = VerdictOf(action);
            if (own >= Verdict.Drop && verdict < Verdict.Drop)
            {
                DroppingRule = alert.Rule;
                DroppedByRateFilter = action != alert.Rule.Action;
            }

            if (own > verdict) verdict = own;
            dropsFlow |= own >= Verdict.Drop && alert.Signature is { } dropping && dropping.ReachesFlow(alert.OnStream);
            bool silent = alert.Signature is { IsSilent: true };
            if (answer == ThresholdAnswer.Silent) _context.Counters.AlertsSuppressed++;
            else if (!silent) Report(alert, own, flow, ref packet, sink);
        }

        _queue.Clear();
        if (_context.Options.Inline && dropsFlow && flow is not null) flow.Dropped = true;
        return verdict;
    }

    private void Report(in QueuedAlert alert, Verdict verdict, Flow? flow, scoped ref PacketView packet, IMatchSink sink)
    {
        if (flow is not null) flow.Alerted = true;
        if (alert.Transaction is { } transaction) transaction.Alerted = true;
        _context.Counters.Alerts++;
        var match = new RuleMatch
        {
            Rule = alert.Rule,
            Direction = _context.Direction,
            Transaction = alert.Transaction,
            Protocol = _context.Session?.Protocol,
            Verdict = verdict,
            OnStream = alert.OnStream,
            Listed = alert.Listed,
        };
        sink.Report(match, flow, ref packet);
    }

    private static Verdict VerdictOf(RuleAction action) => action switch
    {
        RuleAction.Drop => Verdict.Drop,
        RuleAction.Reject or RuleAction.RejectSource or RuleAction.RejectDestination or RuleAction.RejectBoth => Verdict.Reject,
        RuleAction.Alert => Verdict.Alert,
        _ => Verdict.Pass,
    };

    private static Rule PseudoRule(ReputationEntry entry) => new()
    {
        Sid = entry.Sid,
        Message = Encoding.UTF8.GetBytes($"Blacklisted {entry.Kind}: {entry.Entry} ({entry.List}, {entry.Category})"),
        Category = entry.Category,
        Priority = entry.Severity.ToLowerInvariant() switch { "high" => 1, "medium" => 2, "low" => 3, _ => 4 },
        Metadata = [("threat_class", [entry.ThreatClass])],
        Origin = entry.List,
    };
}
