using System.Buffers.Binary;
using Sensor.Primitives;

namespace Sensor.Protocols.Krb5;

/// <summary>What the Kerberos parsers of one worker share.</summary>
internal sealed class Krb5Pool
{
    public Krb5Pool()
    {
        Text = new ByteSlab(Krb5Limits.Memory);
        Messages = new ObjectSlab<Krb5Transaction>(() => new Krb5Transaction(Text), 64, Krb5Limits.Messages);
    }

    public ByteSlab Text { get; }

    public ObjectSlab<Krb5Transaction> Messages { get; }
}

/// <summary>Cuts a conversation into messages: one per datagram, or one behind each four-byte length over TCP (RFC 4120 section 7.2.2).</summary>
internal sealed class Krb5Parser(Krb5Pool pool, int mostOpen) : AppParser
{
    private const byte Udp = 17;
    private const int LengthPrefix = 4;

    private long _skipToServer, _skipToClient;
    private bool _lostToServer, _lostToClient;
    private int _lastRequest;

    public override ParseResult Parse(ReadOnlySpan<byte> data, in ParseContext context)
    {
        if (context.Flow.IpProtocol == Udp)
        {
            ReadMessage(data, context);
            return ParseResult.All(data.Length);
        }

        bool isRequest = context.Direction == Direction.ToServer;
        ref long skip = ref (isRequest ? ref _skipToServer : ref _skipToClient);
        ref bool lost = ref (isRequest ? ref _lostToServer : ref _lostToClient);
        int consumed = 0;
        while (consumed < data.Length)
        {
            ReadOnlySpan<byte> rest = data[consumed..];
            if (skip > 0)
            {
                int now = (int)Math.Min(skip, rest.Length);
                skip -= now;
                consumed += now;
                continue;
            }

            if (rest.Length < LengthPrefix + 1) return ParseResult.Wait(consumed, LengthPrefix + 1);
            uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (lost && (length > Krb5Limits.Message || Krb5Reader.TypeOf(rest[LengthPrefix]) == 0)) return ParseResult.All(data.Length); // after a gap a message rarely begins here
            lost = false;
            if (length > Krb5Limits.Message)
            {
                Events.Add((int)Krb5Event.LimitReached);
                skip = length;
                consumed += LengthPrefix;
                continue;
            }

            if (rest.Length < LengthPrefix + length) return ParseResult.Wait(consumed, LengthPrefix + (int)length);
            ReadMessage(rest.Slice(LengthPrefix, (int)length), context);
            consumed += LengthPrefix + (int)length;
        }

        return ParseResult.All(consumed);
    }

    public override ParseStatus Gap(long length, in ParseContext context)
    {
        bool isRequest = context.Direction == Direction.ToServer;
        ref long skip = ref (isRequest ? ref _skipToServer : ref _skipToClient);
        if (length <= skip) skip -= length;
        else
        {
            skip = 0;
            if (isRequest) _lostToServer = true;
            else _lostToClient = true;
        }

        return ParseStatus.Done;
    }

    public override void Release(Transaction transaction)
    {
        var message = (Krb5Transaction)transaction;
        message.Reset();
        pool.Messages.Return(message);
    }

    public override void Reset()
    {
        base.Reset();
        _skipToServer = _skipToClient = 0;
        _lostToServer = _lostToClient = false;
        _lastRequest = 0;
    }

    private void ReadMessage(ReadOnlySpan<byte> bytes, in ParseContext context)
    {
        if (Transactions.Count >= mostOpen || !pool.Messages.TryTake(out Krb5Transaction? message))
        {
            Events.Add((int)Krb5Event.LimitReached);
            return;
        }

        message.Travel = context.Direction;
        message.Started = message.LastChanged = context.Time;
        message.Id = NextTransactionId++;
        if (!Krb5Reader.Read(bytes, message)) message.Events.Add((int)Krb5Event.MalformedData);
        if (Krb5Type.IsRequest(message.MessageType)) _lastRequest = message.MessageType;
        if (message.MessageType == Krb5Type.Error) message.FailedRequest = _lastRequest;
        message.RequestProgress = message.ResponseProgress = Krb5Protocol.Complete;
        message.RequestInspected = message.Travel == Direction.ToClient;
        message.ResponseInspected = message.Travel == Direction.ToServer;
        Transactions.Add(message);
    }
}
