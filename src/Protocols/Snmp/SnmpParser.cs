using Sensor.Primitives;

namespace Sensor.Protocols.Snmp;

/// <summary>What the SNMP parsers of one worker share.</summary>
internal sealed class SnmpPool
{
    public SnmpPool()
    {
        Text = new ByteSlab(SnmpLimits.Memory);
        Messages = new ObjectSlab<SnmpTransaction>(() => new SnmpTransaction(Text), 64, SnmpLimits.Messages);
    }

    public ByteSlab Text { get; }

    public ObjectSlab<SnmpTransaction> Messages { get; }
}

/// <summary>Each datagram is one message and stands for itself.</summary>
internal sealed class SnmpParser(SnmpPool pool, int mostOpen) : AppParser
{
    private int _version;

    public override ParseResult Parse(ReadOnlySpan<byte> data, in ParseContext context)
    {
        if (Transactions.Count >= mostOpen || !pool.Messages.TryTake(out SnmpTransaction? message))
        {
            Events.Add((int)SnmpEvent.LimitReached);
            return ParseResult.All(data.Length);
        }

        message.Travel = context.Direction;
        message.Started = message.LastChanged = context.Time;
        message.Id = NextTransactionId++;
        if (!SnmpReader.Read(data, message)) message.Events.Add((int)SnmpEvent.MalformedData);
        else if (_version != 0 && _version != message.Version) message.Events.Add((int)SnmpEvent.VersionMismatch);
        if (_version == 0) _version = message.Version;
        message.RequestProgress = message.ResponseProgress = SnmpProtocol.Complete;
        message.RequestInspected = message.Travel == Direction.ToClient;
        message.ResponseInspected = message.Travel == Direction.ToServer;
        Transactions.Add(message);
        return ParseResult.All(data.Length);
    }

    public override void Release(Transaction transaction)
    {
        var message = (SnmpTransaction)transaction;
        message.Reset();
        pool.Messages.Return(message);
    }

    public override void Reset()
    {
        base.Reset();
        _version = 0;
    }
}
