using Sensor.Primitives;
using Sensor.Protocols.Fields;

namespace Sensor.Protocols.Mqtt;

/// <summary>
/// Cuts both directions into messages and joins them to exchanges: an acknowledgement belongs to the message of the
/// other side with its id. An exchange is inspected in the direction that began it, once it is complete.
/// </summary>
internal sealed class MqttParser(TransactionPool<MqttTransaction> pool, int longest, int mostOpen) : PooledParser<MqttTransaction>(pool, mostOpen, (int)MqttEvent.TooManyTransactions)
{
    private MessageBuffer _toServer = new(pool.Bytes), _toClient = new(pool.Bytes);
    private int _skipToServer, _skipToClient;
    private bool _connectSeen, _isConnected;
    private int _version;

    public override ParseResult Parse(ReadOnlySpan<byte> data, in ParseContext context)
    {
        int all = data.Length;
        ref MessageBuffer buffer = ref (context.Direction == Direction.ToServer ? ref _toServer : ref _toClient);
        ref int skip = ref (context.Direction == Direction.ToServer ? ref _skipToServer : ref _skipToClient);
        while (!data.IsEmpty)
        {
            if (skip > 0)
            {
                int skipped = Math.Min(skip, data.Length);
                skip -= skipped;
                data = data[skipped..];
                continue;
            }

            ParseStatus status = Header(ref buffer, ref data, out int header, out int length, out byte first);
            if (status == ParseStatus.NeedMore) break;
            if (status == ParseStatus.Malformed) return Broken(context);
            if (length > longest)
            {
                buffer.Drop(ref data, header);
                skip = length;
                Truncated(first, header + length, context);
                continue;
            }

            status = buffer.Show(ref data, header + length, out ReadOnlySpan<byte> message);
            if (status == ParseStatus.NeedMore) break;
            if (status == ParseStatus.Malformed || !Message(first, message[header..], context)) return Broken(context);
            buffer.Drop(ref data, header + length);
        }

        return ParseResult.All(all);
    }

    /// <summary>A hole inside a message that is passed over changes nothing; anywhere else the next message cannot be found.</summary>
    public override ParseStatus Gap(long length, in ParseContext context)
    {
        ref int skip = ref (context.Direction == Direction.ToServer ? ref _skipToServer : ref _skipToClient);
        if (length > skip) return ParseStatus.Malformed;
        skip -= (int)length;
        return ParseStatus.Done;
    }

    /// <summary>No acknowledgement from this side will come any more.</summary>
    public override void End(in ParseContext context)
    {
        foreach (Transaction one in Transactions)
        {
            var exchange = (MqttTransaction)one;
            if (exchange.Travel != context.Direction) Complete(exchange);
        }
    }

    public override void Reset()
    {
        base.Reset();
        _toServer.Release();
        _toClient.Release();
        _skipToServer = _skipToClient = _version = 0;
        _connectSeen = _isConnected = false;
    }

    private static ParseStatus Header(ref MessageBuffer buffer, ref ReadOnlySpan<byte> data, out int header, out int length, out byte first)
    {
        (header, length, first) = (0, 0, 0);
        for (int wanted = 2; ; wanted++)
        {
            ParseStatus status = buffer.Show(ref data, wanted, out ReadOnlySpan<byte> shown);
            if (status != ParseStatus.Done) return status;
            status = MqttLength.TryRead(shown[1..], out length, out int taken);
            if (status == ParseStatus.NeedMore) continue;
            first = shown[0];
            header = 1 + taken;
            return status;
        }
    }

    private bool Message(byte first, ReadOnlySpan<byte> body, in ParseContext context)
    {
        var type = (MqttType)(first >> 4);
        int qos = (first >> 1) & 3;
        if (!MqttReader.TryMessageId(type, qos, body, out int id)) return false;
        MqttTransaction? one = Join(type, id, context);
        if (one is null) return true;
        one.LastChanged = context.Time;
        one.Add(MqttField.Message, first);
        bool isRead = MqttReader.Read(type, id, body, one);
        if (type == MqttType.Connect) _version = one.ProtocolVersion;
        if (qos == 3) one.Events.Add((int)MqttEvent.InvalidQosLevel);
        if (one.IsCut) one.Events.Add((int)MqttEvent.MessageTooComplex);
        if (one.Awaits == MqttTransaction.AwaitsNothing) Complete(one);
        return isRead;
    }

    /// <summary>The exchange a message belongs to: a new one, or the one that waits for it.</summary>
    private MqttTransaction? Join(MqttType type, int id, in ParseContext context)
    {
        switch (type)
        {
            case MqttType.Connect:
                bool again = _connectSeen;
                _connectSeen = true;
                return Begin(type, MqttTransaction.AwaitsConnAck, again ? MqttEvent.DoubleConnect : null, context);
            case MqttType.ConnAck:
                _isConnected = true;
                return Answer(MqttType.Connect, MqttTransaction.AwaitsConnAck, true, context) ?? Begin(type, MqttTransaction.AwaitsNothing, MqttEvent.MissingConnect, context);
            case MqttType.Publish or MqttType.Subscribe or MqttType.Unsubscribe:
                return Begin(type, id < 0 ? MqttTransaction.AwaitsNothing : id, Introduced, context);
            case MqttType.PubRec or MqttType.PubRel:
                return Answer(MqttType.Publish, id, false, context) ?? Begin(type, MqttTransaction.AwaitsNothing, MqttEvent.MissingPublish, context);
            case MqttType.PubAck or MqttType.PubComp:
                return Answer(MqttType.Publish, id, true, context) ?? Begin(type, MqttTransaction.AwaitsNothing, MqttEvent.MissingPublish, context);
            case MqttType.SubAck:
                return Answer(MqttType.Subscribe, id, true, context) ?? Begin(type, MqttTransaction.AwaitsNothing, MqttEvent.MissingSubscribe, context);
            case MqttType.UnsubAck:
                return Answer(MqttType.Unsubscribe, id, true, context) ?? Begin(type, MqttTransaction.AwaitsNothing, MqttEvent.MissingUnsubscribe, context);
            case MqttType.Unassigned:
                return Begin(type, MqttTransaction.AwaitsNothing, MqttEvent.UnassignedMessageType, context);
            case MqttType.Auth:
                return Begin(type, MqttTransaction.AwaitsNothing, null, context); // belongs before CONNACK (MQTT 5 section 4.12)
            default:
                return Begin(type, MqttTransaction.AwaitsNothing, Introduced, context);
        }
    }

    private MqttEvent? Introduced => _isConnected ? null : MqttEvent.UnintroducedMessage;

    private MqttTransaction? Begin(MqttType type, int awaits, MqttEvent? happened, in ParseContext context)
    {
        MqttTransaction? one = Open(context);
        if (one is null) return null;
        MakeOneSided(one);
        one.Kind = type;
        one.Awaits = awaits;
        one.ProtocolVersion = _version;
        if (happened is { } what) one.Events.Add((int)what);
        return one;
    }

    /// <summary>The oldest exchange that waits for this id. PUBREL comes from the side that published, all others from the other one.</summary>
    private MqttTransaction? Answer(MqttType kind, int id, bool completes, in ParseContext context)
    {
        foreach (Transaction open in Transactions)
        {
            var one = (MqttTransaction)open;
            if (one.Awaits != id || one.Kind != kind) continue;
            if (completes) one.Awaits = MqttTransaction.AwaitsNothing;
            ChangedOther |= completes && one.Travel != context.Direction;
            return one;
        }

        return null;
    }

    private void Truncated(byte first, int length, in ParseContext context)
    {
        if (Begin((MqttType)(first >> 4), MqttTransaction.AwaitsNothing, null, context) is not { } one) return;
        one.Add(MqttField.Message, first);
        one.Add(MqttField.SkippedLength, length);
        Complete(one);
    }

    private ParseResult Broken(in ParseContext context)
    {
        MqttTransaction? one = Transactions.Count > 0 ? (MqttTransaction)Transactions[^1] : Begin(MqttType.Unassigned, MqttTransaction.AwaitsNothing, null, context);
        if (one is not null)
        {
            one.Events.Add((int)MqttEvent.MalformedTraffic);
            Complete(one);
        }

        return ParseResult.Broken;
    }

    private static void Complete(MqttTransaction one) => Complete(one, MqttProtocol.Complete, MqttProtocol.Complete);
}
