using Sensor.Decode;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Detection.Inspect;

/// <summary>
/// Tries rules on the transactions of a flow, in order, in the direction of the packet at hand.
/// - A prefilter runs when its buffer's progress is reached, once; over growing buffers each time they have grown.
/// - A rule that waits for a later part of the transaction keeps what it has matched so far.
/// - A rule alerts once per transaction and direction.
/// - A side that is complete and was inspected is marked so; nothing here looks at it again.
/// </summary>
internal sealed class TransactionInspector(RuleSet rules, InspectContext context, Candidates candidates, AlertSink alerts)
{
    private readonly Signature[] _signatures = rules.Signatures;
    private readonly RuleGroups _groups = rules.Groups;

    public void Inspect(AppSession session, int protocolIndex, IReputation? reputation, scoped ref PacketView packet)
    {
        if (session is not { Protocol: { } protocol, Parser: { } parser }) return;
        Direction direction = context.Direction;
        TransactionGroup group = _groups.Transaction(protocolIndex, direction);
        TryConversationEvents(parser, group, ref packet);
        foreach (Transaction transaction in parser.Transactions)
        {
            bool inspected = direction == Direction.ToServer ? transaction.RequestInspected : transaction.ResponseInspected;
            if (inspected) continue;
            reputation?.InspectTransaction(context.Flow!, protocol, transaction, direction, alerts);
            if (!group.IsEmpty) InspectOne(transaction, group, protocolIndex, ref packet);
            if (transaction.Progress(direction) < group.Complete && !context.IsEnd) continue;
            if (direction == Direction.ToServer) transaction.RequestInspected = true;
            else transaction.ResponseInspected = true;
        }
    }

    /// <summary>Events of the conversation as a whole belong to no transaction; their rules alert once per direction.</summary>
    private void TryConversationEvents(AppParser parser, TransactionGroup group, scoped ref PacketView packet)
    {
        if (parser.Events.IsEmpty || context.State is not { } state) return;
        ref EventSet told = ref state.ConversationEventsTold(context.Direction);
        for (int number = parser.Events.Next(0); number >= 0 && number < group.ByEvent.Length; number = parser.Events.Next(number + 1))
        {
            if (told.Contains(number)) continue;
            foreach (int rule in group.ByEvent[number])
            {
                Signature signature = _signatures[rule];
                if (!SignatureMatcher.HeaderMatches(signature, context, ref packet) || !SignatureMatcher.TestsMatch(signature, context, ref packet)) continue;
                if (signature.AsksOneEventOnly) alerts.Raise(signature, null, onStream: false);
            }
        }

        told = parser.Events;
    }

    private void InspectOne(Transaction transaction, TransactionGroup group, int protocol, scoped ref PacketView packet)
    {
        TransactionSide side = SideOf(transaction);
        int progress = transaction.Progress(context.Direction);
        bool moved = progress != side.Progress || transaction.Events != side.Events;
        bool grown = HasGrown(transaction, group, side, progress);
        int fileMark = FileStep.Mark(transaction, context.Direction);
        bool filesMoved = fileMark != side.FileMark;
        side.FileMark = fileMark;
        if (!moved && !grown && !filesMoved && !(side.Watches && context.Window.IsOpen)) return;

        context.Transaction = transaction;
        candidates.Clear();
        RunPrefilters(transaction, group, side, progress);
        AddWithoutPattern(group, side.Progress, progress);
        AddByEvent(group, transaction, side);
        foreach (ref RuleProgress rule in side.Rules)
        {
            if (!rule.Finished) candidates.Add(rule.Signature);
        }

        side.Progress = progress;
        side.Events = transaction.Events;
        side.Watches = false;
        candidates.Sort();
        foreach (int number in candidates.Numbers) Try(_signatures[number], transaction, side, protocol, ref packet);
        context.Transaction = null;
    }

    /// <summary>Observes the buffers that grow; true when one of them is due for a look.</summary>
    private bool HasGrown(Transaction transaction, TransactionGroup group, TransactionSide side, int progress)
    {
        bool due = false;
        for (int at = 0; at < group.Growing.Length; at++)
        {
            ref Growth growth = ref side.Growth(at);
            growth.IsDue = false;
            if (growth.IsFinal || group.Growing[at].Progress > progress) continue;
            long end = 0;
            bool final = true;
            int instances = 0;
            while (instances < BufferStep.MaximumInstances && group.Growing[at].Buffer.Read(transaction, context.Direction, instances, out BufferView view))
            {
                end += view.Offset + view.Bytes.Length;
                final &= view.IsFinal;
                instances++;
                if (!group.Growing[at].Buffer.IsMultiple) break;
            }

            // Several files may follow one another: only the end of the side says that there are no more.
            bool over = progress >= group.Complete || context.IsEnd;
            if (instances > 0) growth.Observe(end, over || (final && !group.Growing[at].Buffer.IsMultiple));
            due |= growth.IsDue;
        }

        return due;
    }

    private TransactionSide SideOf(Transaction transaction)
    {
        if (transaction.Detection is not TransactionState state) transaction.Detection = state = context.TakeTransactionState();
        state.Bind(context.Flow!.Id, transaction.Id, rules.Generation);
        return state.Side(context.Direction);
    }

    private void RunPrefilters(Transaction transaction, TransactionGroup group, TransactionSide side, int progress)
    {
        BufferPrefilter[] prefilters = group.Prefilters;
        for (int at = 0; at < prefilters.Length && prefilters[at].Progress <= progress; at++)
        {
            if (side.PrefiltersDone.Contains(at)) continue;
            BufferPrefilter prefilter = prefilters[at];
            if (prefilter.Growing < 0)
            {
                ScanAll(transaction, prefilter);
                side.PrefiltersDone.Add(at);
                continue;
            }

            Growth growth = side.Growth(prefilter.Growing);
            if (!growth.IsDue) continue;
            if (prefilter.Buffer.IsMultiple || prefilter.Transforms.Count > 0) ScanAll(transaction, prefilter);
            else ScanNew(transaction, prefilter, growth.Before);
            if (growth.IsFinal) side.PrefiltersDone.Add(at);
        }
    }

    private void ScanAll(Transaction transaction, BufferPrefilter prefilter)
    {
        for (int index = 0; index < BufferStep.MaximumInstances; index++)
        {
            if (!prefilter.Buffer.Read(transaction, context.Direction, index, out BufferView view)) break;
            Scan(prefilter, view.Bytes);
            if (!prefilter.Buffer.IsMultiple) break;
        }
    }

    /// <summary>Scans what came since the last look, and as much before it as a pattern may reach across.</summary>
    private void ScanNew(Transaction transaction, BufferPrefilter prefilter, long before)
    {
        if (!prefilter.Buffer.Read(transaction, context.Direction, 0, out BufferView view)) return;
        long from = Math.Clamp(before - view.Offset - (prefilter.Patterns.Longest - 1), 0, view.Bytes.Length);
        Scan(prefilter, view.Bytes[(int)from..]);
    }

    private void Scan(BufferPrefilter prefilter, ReadOnlySpan<byte> data)
    {
        if (prefilter.Transforms.Count > 0) data = context.Transforms.Apply(prefilter.Transforms, data, context);
        candidates.AddFound(prefilter.Patterns, data);
    }

    private void AddWithoutPattern(TransactionGroup group, int before, int progress)
    {
        foreach ((int from, int signature) in group.WithoutPattern)
        {
            if (from > progress) break;
            if (from > before) candidates.Add(signature);
        }
    }

    private void AddByEvent(TransactionGroup group, Transaction transaction, TransactionSide side)
    {
        if (group.ByEvent.Length == 0 || transaction.Events == side.Events) return;
        for (int number = transaction.Events.Next(0); number >= 0 && number < group.ByEvent.Length; number = transaction.Events.Next(number + 1))
        {
            candidates.AddAll(group.ByEvent[number]);
            if (number == byte.MaxValue) break;
        }
    }

    private void Try(Signature signature, Transaction transaction, TransactionSide side, int protocol, scoped ref PacketView packet)
    {
        if (signature.Plan(protocol, context.Direction) is not { } plan) return;
        int entry = side.Find(signature.Index);
        if (entry >= 0 && side.Rules[entry].Finished) return;
        context.Counters.RulesTried++;
        if (entry < 0)
        {
            if (!SignatureMatcher.HeaderMatches(signature, context, ref packet) || !SignatureMatcher.TestsMatch(signature, context, ref packet)) return;
            if (side.HasAlerted(signature.Rule.Sid)) return;
        }

        ulong matched = entry >= 0 ? side.Rules[entry].Matched : 0;
        StepResult result = Advance(plan, transaction, ref matched, ref packet);
        if (result == StepResult.NotYet && plan.Watches) side.Watches = true;
        Remember(signature, side, entry, matched, result);
        if (result != StepResult.Match) return;
        side.MarkAlerted(signature.Rule.Sid);
        alerts.Raise(signature, transaction, onStream: false);
    }

    private StepResult Advance(TransactionPlan plan, Transaction transaction, ref ulong matched, scoped ref PacketView packet)
    {
        for (int at = 0; at < plan.Steps.Length; at++)
        {
            ulong bit = 1UL << at;
            if ((matched & bit) != 0) continue;
            TransactionStep step = plan.Steps[at];
            if (transaction.Progress(step.Side) < step.Progress) continue;
            StepResult result = step.Evaluate(context, transaction, ref packet);
            if (result == StepResult.Never) return result;
            if (result == StepResult.Match) matched |= bit;
        }

        return matched == plan.AllSteps ? StepResult.Match : StepResult.NotYet;
    }

    private void Remember(Signature signature, TransactionSide side, int entry, ulong matched, StepResult result)
    {
        if (entry < 0) entry = side.Add(signature.Index, context.Options.MaximumPendingRules);
        if (entry < 0)
        {
            context.Counters.PendingRulesRefused++;
            return;
        }

        side.Rules[entry].Matched = matched;
        side.Rules[entry].Finished = result != StepResult.NotYet;
    }
}
