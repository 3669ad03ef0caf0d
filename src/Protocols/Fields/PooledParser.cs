using Sensor.Primitives;

namespace Sensor.Protocols.Fields;

/// <summary>A parser whose transactions come from a <see cref="TransactionPool{T}"/>.</summary>
/// <param name="mostOpen">Open transactions of one flow (<c>max-tx</c>).</param>
/// <param name="tooMany">The event that says that an exchange was passed over.</param>
internal abstract class PooledParser<T>(TransactionPool<T> pool, int mostOpen, int tooMany) : AppParser where T : FieldTransaction
{
    protected ByteSlab Bytes => pool.Bytes;

    public override void Release(Transaction transaction) => pool.Return((T)transaction);

    /// <summary>A new transaction at the end of the list, begun by this direction; null when a limit is reached.</summary>
    protected T? Open(in ParseContext context)
    {
        if (Transactions.Count >= mostOpen || !pool.TryTake(out T? one))
        {
            if (Transactions.Count > 0) Transactions[^1].Events.Add(tooMany);
            else Events.Add(tooMany);
            return null;
        }

        one.Id = NextTransactionId++;
        one.Travel = context.Direction;
        one.Started = one.LastChanged = context.Time;
        Transactions.Add(one);
        return one;
    }

    /// <summary>It belongs to the side that began it; the other side is nothing anybody waits for or looks at.</summary>
    protected static void MakeOneSided(T one)
    {
        if (one.Travel == Direction.ToServer) one.ResponseInspected = true;
        else one.RequestInspected = true;
    }

    protected static void Complete(T one, int request, int response)
    {
        one.RequestProgress = request;
        one.ResponseProgress = response;
    }
}
