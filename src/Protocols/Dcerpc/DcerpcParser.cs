using Sensor.Primitives;

namespace Sensor.Protocols.Dcerpc;

/// <summary>What the DCERPC parsers of one worker share.</summary>
internal sealed class DcerpcMemory
{
    private const int InitialTransactions = 64;

    public DcerpcPool Pool { get; } = new();

    public ObjectSlab<DcerpcTransaction> Transactions { get; } = new(() => new DcerpcTransaction(), InitialTransactions, DcerpcLimits.Exchanges);
}

/// <summary>Cuts a connection into units, waits for each as a whole, and joins calls with their answers; datagrams stand for themselves.</summary>
internal sealed class DcerpcParser(DcerpcMemory memory, int mostOpen) : AppParser, IDcerpcHost
{
    private const byte Udp = 17;

    private readonly DcerpcReader _reader = new(memory.Pool);
    private bool _lostToServer, _lostToClient;

    public override ParseResult Parse(ReadOnlySpan<byte> data, in ParseContext context)
    {
        if (context.Flow.IpProtocol == Udp)
        {
            ReadDatagram(data, context);
            return ParseResult.All(data.Length);
        }

        ref bool lost = ref (context.Direction == Direction.ToServer ? ref _lostToServer : ref _lostToClient);
        int consumed = 0;
        while (data.Length - consumed >= DcerpcHeader.Length)
        {
            ReadOnlySpan<byte> rest = data[consumed..];
            if (!DcerpcHeader.TryRead(rest, out DcerpcHeader header))
            {
                if (!lost) return ParseResult.Broken;
                int next = rest[1..].IndexOf((byte)5);
                consumed = next < 0 ? data.Length : consumed + 1 + next;
                continue;
            }

            lost = false;
            if (rest.Length < header.UnitLength) return ParseResult.Wait(consumed, header.UnitLength);
            _reader.Read(rest[..header.UnitLength], header, this, context);
            consumed += header.UnitLength;
        }

        return consumed == data.Length ? ParseResult.All(consumed) : ParseResult.Wait(consumed, DcerpcHeader.Length);
    }

    public override ParseStatus Gap(long length, in ParseContext context)
    {
        if (context.Direction == Direction.ToServer) _lostToServer = true;
        else _lostToClient = true;
        Events.Add((int)DcerpcEvent.UnitLost);
        return ParseStatus.Done;
    }

    public override void End(in ParseContext context)
    {
        foreach (Transaction one in Transactions)
        {
            if (context.Direction == Direction.ToServer) one.RequestProgress = DcerpcProtocol.Complete;
            else one.ResponseProgress = DcerpcProtocol.Complete;
        }
    }

    public override void Release(Transaction transaction)
    {
        var one = (DcerpcTransaction)transaction;
        if (one.Exchange is { } exchange) memory.Pool.Return(exchange);
        one.Reset();
        memory.Transactions.Return(one);
    }

    public override void Reset()
    {
        base.Reset();
        _reader.Reset();
        _lostToServer = _lostToClient = false;
    }

    public DcerpcExchange? Open(in ParseContext context)
    {
        if (Transactions.Count >= mostOpen) CompleteOldest();
        if (Transactions.Count >= 2 * mostOpen || !memory.Pool.Exchanges.TryTake(out DcerpcExchange? exchange))
        {
            Events.Add((int)DcerpcEvent.TooManyTransactions);
            return null;
        }

        if (!memory.Transactions.TryTake(out DcerpcTransaction? transaction))
        {
            memory.Pool.Return(exchange);
            Events.Add((int)DcerpcEvent.TooManyTransactions);
            return null;
        }

        transaction.Exchange = exchange;
        transaction.Id = NextTransactionId++;
        transaction.Started = transaction.LastChanged = context.Time;
        exchange.Owner = transaction;
        Transactions.Add(transaction);
        return exchange;
    }

    public DcerpcExchange? Find(uint callId, Direction direction)
    {
        for (int at = Transactions.Count - 1; at >= 0; at--)
        {
            if (Transactions[at] is DcerpcTransaction { Exchange: { } exchange } one && exchange.CallId == callId && one.Progress(direction) < DcerpcProtocol.Complete) return exchange;
        }

        return null;
    }

    public void Finish(DcerpcExchange exchange, Direction direction)
    {
        if (direction == Direction.ToServer) exchange.Owner.RequestProgress = DcerpcProtocol.Complete;
        else exchange.Owner.ResponseProgress = DcerpcProtocol.Complete;
    }

    public bool KeepsResponseHead => true;

    public void Raise(DcerpcExchange exchange, DcerpcEvent what) => exchange.Owner.Events.Add((int)what);

    /// <summary>The oldest call that still waits is let go, so that an answer that never comes holds no memory for ever.</summary>
    private void CompleteOldest()
    {
        foreach (Transaction one in Transactions)
        {
            if (one is { RequestProgress: DcerpcProtocol.Complete, ResponseProgress: DcerpcProtocol.Complete }) continue;
            one.RequestProgress = one.ResponseProgress = DcerpcProtocol.Complete;
            one.Events.Add((int)DcerpcEvent.TooManyTransactions);
            return;
        }
    }

    private void ReadDatagram(ReadOnlySpan<byte> data, in ParseContext context)
    {
        if (!DcerpcDatagram.TryRead(data, out DcerpcDatagram header)) return;
        DcerpcExchange? exchange = FindActivity(header) ?? Open(context);
        if (exchange is null) return;
        exchange.Owner.LastChanged = context.Time;
        header.Read(data.Slice(DcerpcDatagram.Length, header.BodyLength), this, exchange);
    }

    private DcerpcExchange? FindActivity(in DcerpcDatagram header)
    {
        for (int at = Transactions.Count - 1; at >= 0; at--)
        {
            if (Transactions[at] is DcerpcTransaction { Exchange: { } exchange } one && exchange.Activity == header.Activity && one.Progress(header.Direction) < DcerpcProtocol.Complete) return exchange;
        }

        return null;
    }
}
