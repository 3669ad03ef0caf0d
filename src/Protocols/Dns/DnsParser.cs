using System.Buffers.Binary;
using Sensor.Primitives;

namespace Sensor.Protocols.Dns;

/// <summary>Cuts a conversation into DNS messages: one per datagram, or one behind each two-byte length over TCP. Holds no message itself.</summary>
internal sealed class DnsParser(DnsPool pool, int mostOpen) : AppParser
{
    private const int LengthPrefix = 2;
    private const byte Udp = 17;

    private bool _resynchroniseToServer, _resynchroniseToClient;

    /// <summary>The flow was picked up with a response first, so its sides are the wrong way round; this is no offence.</summary>
    private bool _turned;
    private bool _begun;

    public override ParseResult Parse(ReadOnlySpan<byte> data, in ParseContext context)
    {
        if (context.Flow.IpProtocol != Udp) return ParseStream(data, context);
        ReadMessage(data, context);
        return ParseResult.All(data.Length);
    }

    public override ParseStatus Gap(long length, in ParseContext context)
    {
        if (context.Direction == Direction.ToServer) _resynchroniseToServer = true;
        else _resynchroniseToClient = true;
        return ParseStatus.Done;
    }

    public override void Release(Transaction transaction)
    {
        var message = (DnsTransaction)transaction;
        message.Reset();
        pool.Messages.Return(message);
    }

    public override void Reset()
    {
        base.Reset();
        _resynchroniseToServer = _resynchroniseToClient = _turned = _begun = false;
    }

    private ParseResult ParseStream(ReadOnlySpan<byte> data, in ParseContext context)
    {
        ref bool resynchronise = ref (context.Direction == Direction.ToServer ? ref _resynchroniseToServer : ref _resynchroniseToClient);
        if (resynchronise)
        {
            // After a gap a message rarely begins here: what does not look like one is let go with its segment.
            ParseStatus looks = DnsProbe.Probe(data, context.Direction);
            if (looks == ParseStatus.NeedMore && !context.IsEnd && data.Length < DnsProbe.Depth) return ParseResult.Wait(0);
            if (looks != ParseStatus.Done) return ParseResult.All(data.Length);
            resynchronise = false;
        }

        int consumed = 0;
        while (data.Length - consumed >= LengthPrefix)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(data[consumed..]);
            if (data.Length - consumed - LengthPrefix < length) return ParseResult.Wait(consumed, LengthPrefix + length);
            if (length > 0) ReadMessage(data.Slice(consumed + LengthPrefix, length), context);
            consumed += LengthPrefix + length;
        }

        return consumed == data.Length ? ParseResult.All(consumed) : ParseResult.Wait(consumed, LengthPrefix);
    }

    private void ReadMessage(ReadOnlySpan<byte> bytes, in ParseContext context)
    {
        if (bytes.Length < DnsMessageReader.HeaderLength && LastIsBroken(context.Direction)) return; // a stream of crumbs is one offence
        if (Transactions.Count >= mostOpen || !pool.Messages.TryTake(out DnsTransaction? message))
        {
            if (Transactions.Count > 0) Transactions[^1].Events.Add((int)DnsEvent.TooManyMessages);
            else Events.Add((int)DnsEvent.TooManyMessages);
            return;
        }

        message.Travel = context.Direction;
        message.Started = message.LastChanged = context.Time;
        message.Id = NextTransactionId++;
        DnsMessageReader.Read(bytes, message);
        CheckDirection(message);
        Complete(message);
        Transactions.Add(message);
    }

    private bool LastIsBroken(Direction direction) =>
        Transactions.Count > 0 && Transactions[^1] is DnsTransaction { IsMalformed: true } last && last.Travel == direction;

    private void CheckDirection(DnsTransaction message)
    {
        if (!_begun && !message.IsMalformed)
        {
            _begun = true;
            _turned = message.IsResponse && message.Travel == Direction.ToServer;
        }

        bool towardsServer = (message.Travel == Direction.ToServer) != _turned;
        if (message.IsResponse && towardsServer) message.Events.Add((int)DnsEvent.NotRequest);
        if (!message.IsResponse && !towardsServer) message.Events.Add((int)DnsEvent.NotResponse);
    }

    /// <summary>The message is whole; the side that it does not have is nothing anybody waits for.</summary>
    private static void Complete(DnsTransaction message)
    {
        message.RequestProgress = message.ResponseProgress = DnsProtocol.Complete;
        message.RequestInspected = message.Travel == Direction.ToClient;
        message.ResponseInspected = message.Travel == Direction.ToServer;
    }
}
