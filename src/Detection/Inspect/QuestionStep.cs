using Sensor.Decode;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Detection.Inspect;

/// <summary>Answers a question about a transaction; false is "not with what is known so far".</summary>
public delegate bool TransactionQuestion(Transaction transaction, Direction direction);

/// <summary>A question about a transaction that is no buffer: a number, a flag, a date.</summary>
public sealed class QuestionStep : TransactionStep
{
    public required TransactionQuestion Question { get; init; }

    /// <summary>Progress from which the answer is final; before it a "no" may still become a "yes".</summary>
    public required int Final { get; init; }

    public override bool Watches => Final > Progress;

    public override StepResult Evaluate(InspectContext context, Transaction transaction, scoped ref PacketView packet)
    {
        if (Question(transaction, Side)) return StepResult.Match;
        return transaction.Progress(Side) >= Final || context.IsEnd ? StepResult.Never : StepResult.NotYet;
    }
}
