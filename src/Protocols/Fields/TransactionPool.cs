using System.Diagnostics.CodeAnalysis;
using Sensor.Primitives;

namespace Sensor.Protocols.Fields;

/// <summary>What the parsers of one protocol and one worker share: transactions and the memory of their bytes.</summary>
internal sealed class TransactionPool<T> where T : Transaction
{
    /// <summary>Transactions of one worker that are open at once, by default. Beyond it exchanges are passed over, with an event.</summary>
    public const int DefaultMostTransactions = 65_536;

    /// <summary>Bytes of one worker, by default. Beyond it transactions are cut, with an event.</summary>
    public const long DefaultMostBytes = 64L * 1024 * 1024;

    private const int Initial = 16;

    private readonly ObjectSlab<T> _transactions;

    public TransactionPool(Func<ByteSlab, T> make, int mostTransactions = DefaultMostTransactions, long mostBytes = DefaultMostBytes)
    {
        Bytes = new ByteSlab(mostBytes);
        _transactions = new ObjectSlab<T>(() => make(Bytes), Initial, mostTransactions);
    }

    public ByteSlab Bytes { get; }

    public bool TryTake([NotNullWhen(true)] out T? one) => _transactions.TryTake(out one);

    public void Return(T one)
    {
        one.Reset();
        _transactions.Return(one);
    }
}
