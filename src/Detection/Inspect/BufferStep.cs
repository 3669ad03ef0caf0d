using Sensor.Decode;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Detection.Inspect;

/// <summary>A chain of options over one buffer of a transaction.</summary>
public sealed class BufferStep : TransactionStep
{
    /// <summary>Instances of one buffer that are looked at in one transaction; a limit against endless lists of names.</summary>
    public const int MaximumInstances = 4096;

    public required BufferDefinition Buffer { get; init; }

    public required ContentChain Chain { get; init; }

    public IReadOnlyList<Transform> Transforms { get; init; } = [];

    /// <summary>Progress at which the side is complete and a growing buffer cannot grow any more.</summary>
    public required int Complete { get; init; }

    public override bool Watches => Buffer.IsStreaming;

    public override StepResult Evaluate(InspectContext context, Transaction transaction, scoped ref PacketView packet)
    {
        bool final = true;
        bool over = !Buffer.IsStreaming || transaction.Progress(Side) >= Complete || context.IsEnd;
        int index = 0;
        for (; index < MaximumInstances && Buffer.Read(transaction, Side, index, out BufferView view); index++)
        {
            view.IsFinal |= over;
            if (!view.IsFinal && view.Offset + view.Bytes.Length < Growth.MinimumBytes) return StepResult.NotYet;
            if (MatchesInstance(context, view)) return StepResult.Match;
            final &= view.IsFinal;
            if (!Buffer.IsMultiple) { index++; break; }
        }

        if (index == 0)
        {
            if (!over) return StepResult.NotYet;
            return Chain.MatchesAbsence ? StepResult.Match : StepResult.Never;
        }

        return over || final ? StepResult.Never : StepResult.NotYet;
    }

    private bool MatchesInstance(InspectContext context, scoped in BufferView view)
    {
        ReadOnlySpan<byte> data = view.Bytes;
        if (Transforms.Count > 0) data = context.Transforms.Apply(Transforms, data, context);
        var cursor = new ChainCursor { Data = data, Offset = view.Offset, IsFinal = view.IsFinal, Context = context };
        return ContentInspector.Matches(Chain, ref cursor);
    }
}

/// <summary>Matches from a progress on and asks nothing else: a rule hook (<c>tls:client_hello_done</c>), or a rule without buffers.</summary>
public sealed class ProgressStep : TransactionStep
{
    public override StepResult Evaluate(InspectContext context, Transaction transaction, scoped ref PacketView packet) => StepResult.Match;
}

/// <summary>Plain contents of a rule that also looks into transactions: over the stream, or the packet where there is none.</summary>
public sealed class PayloadStep : TransactionStep
{
    public required ContentChain Chain { get; init; }

    public required int Complete { get; init; }

    public override bool Watches => true;

    public override StepResult Evaluate(InspectContext context, Transaction transaction, scoped ref PacketView packet)
    {
        if (StreamInspector.MatchesWindow(context, Chain) || PayloadMatches(context, Chain, ref packet)) return StepResult.Match;
        return transaction.Progress(Side) >= Complete ? StepResult.Never : StepResult.NotYet;
    }

    internal static bool PayloadMatches(InspectContext context, ContentChain chain, scoped ref PacketView packet)
    {
        if (packet.Payload.IsEmpty) return false;
        var cursor = new ChainCursor { Data = packet.Payload, IsFinal = true, Context = context };
        return ContentInspector.Matches(chain, ref cursor);
    }
}

/// <summary>One of the protocol's events was raised on the transaction (<c>app-layer-event</c>).</summary>
public sealed class EventStep : TransactionStep
{
    public required int Number { get; init; }

    public override bool Watches => true;

    public override StepResult Evaluate(InspectContext context, Transaction transaction, scoped ref PacketView packet) =>
        transaction.Events.Contains(Number) ? StepResult.Match : StepResult.NotYet;
}
