using Sensor.Primitives;
using Sensor.Protocols.Fields;

namespace Sensor.Protocols.Sip;

/// <summary>One message per datagram; over TCP the head is kept until its empty line, then as much as Content-Length says.</summary>
internal sealed class SipParser(TransactionPool<SipTransaction> pool, int mostOpen) : PooledParser<SipTransaction>(pool, mostOpen, (int)SipEvent.TooManyTransactions)
{
    private const byte Udp = 17;

    private struct Side(ByteSlab slab)
    {
        public PooledBytes Message = new(slab);

        /// <summary>Bytes of the head that hold no end of it.</summary>
        public int Searched;

        /// <summary>Length of the head once it is whole, 0 before; of the body that is read; and of the rest that passes.</summary>
        public int Head, Body;
        public long Beyond, Skip;

        public void Begin()
        {
            Message.Release();
            Searched = Head = Body = 0;
        }
    }

    private Side _toServer = new(pool.Bytes), _toClient = new(pool.Bytes);

    public override ParseResult Parse(ReadOnlySpan<byte> data, in ParseContext context)
    {
        if (context.Flow.IpProtocol == Udp)
        {
            Datagram(data, context);
            return ParseResult.All(data.Length);
        }

        int all = data.Length;
        ref Side side = ref Of(context.Direction);
        while (!data.IsEmpty)
        {
            if (!Take(ref side, ref data, context)) return ParseResult.Broken;
        }

        return ParseResult.All(all);
    }

    public override ParseStatus Gap(long length, in ParseContext context)
    {
        ref Side side = ref Of(context.Direction);
        if (length > side.Skip) return ParseStatus.Malformed;
        side.Skip -= length;
        return ParseStatus.Done;
    }

    public override void End(in ParseContext context)
    {
        ref Side side = ref Of(context.Direction);
        if (side.Head > 0) Message(side.Message.Slice(0, side.Head), side.Message.Span[side.Head..], context);
        side.Begin();
    }

    public override void Reset()
    {
        base.Reset();
        _toServer.Begin();
        _toClient.Begin();
        _toServer.Skip = _toClient.Skip = 0;
    }

    private ref Side Of(Direction direction)
    {
        if (direction == Direction.ToServer) return ref _toServer;
        return ref _toClient;
    }

    private void Datagram(ReadOnlySpan<byte> data, in ParseContext context)
    {
        data = data.TrimStart("\r\n\0"u8); // keep-alives (RFC 5626 section 3.5.1)
        if (data.IsEmpty) return;
        int head = SipReader.HeadEnd(data, 0);
        if (head < 0) head = data.Length;
        Message(data[..head], data[head..], context);
    }

    /// <summary>Takes bytes of the message in hand; false when the side cannot be read.</summary>
    private bool Take(ref Side side, ref ReadOnlySpan<byte> data, in ParseContext context)
    {
        if (side.Skip > 0)
        {
            int skipped = (int)Math.Min(side.Skip, data.Length);
            side.Skip -= skipped;
            data = data[skipped..];
            return true;
        }

        if (side.Head == 0) return TakeHead(ref side, ref data, context);
        int taken = Math.Min(side.Head + side.Body - side.Message.Length, data.Length);
        if (!side.Message.TryAppend(data[..taken], SipLimits.Head + SipLimits.Body)) return Refuse(ref side, SipEvent.MessageTooComplex, context);
        data = data[taken..];
        FinishWhenWhole(ref side, context);
        return true;
    }

    private bool TakeHead(ref Side side, ref ReadOnlySpan<byte> data, in ParseContext context)
    {
        if (side.Message.Length == 0)
        {
            data = data.TrimStart("\r\n"u8);
            if (data.IsEmpty) return true;
        }

        int before = side.Message.Length;
        int taken = Math.Min(data.Length, SipLimits.Head - before);
        if (taken == 0 || !side.Message.TryAppend(data[..taken], SipLimits.Head)) return Refuse(ref side, SipEvent.IncompleteData, context);
        int end = SipReader.HeadEnd(side.Message.Span, side.Searched);
        if (end < 0)
        {
            side.Searched = Math.Max(0, side.Message.Length - 3);
            data = data[taken..];
            return true;
        }

        data = data[(end - before)..];
        side.Message.Shorten(end);
        side.Head = end;
        long length = SipReader.ContentLength(side.Message.Span);
        side.Body = (int)Math.Min(length, SipLimits.Body);
        side.Beyond = length - side.Body;
        FinishWhenWhole(ref side, context);
        return true;
    }

    private void FinishWhenWhole(ref Side side, in ParseContext context)
    {
        if (side.Message.Length < side.Head + side.Body) return;
        Message(side.Message.Slice(0, side.Head), side.Message.Span[side.Head..], context);
        side.Begin();
        side.Skip = side.Beyond;
    }

    private bool Refuse(ref Side side, SipEvent what, in ParseContext context)
    {
        side.Begin();
        if (Begin(context) is { } one) one.Events.Add((int)what);
        return false;
    }

    private void Message(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, in ParseContext context)
    {
        if (Begin(context) is not { } one) return;
        if (!SipReader.Read(head, body[..Math.Min(body.Length, SipLimits.Body)], one)) one.Events.Add((int)SipEvent.InvalidData);
        if (one.IsCut) one.Events.Add((int)SipEvent.MessageTooComplex);
    }

    private SipTransaction? Begin(in ParseContext context)
    {
        if (Open(context) is not { } one) return null;
        MakeOneSided(one);
        Complete(one, SipProtocol.Complete, SipProtocol.Complete);
        return one;
    }
}
