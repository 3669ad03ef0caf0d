using System.Buffers.Binary;
using System.Text;
using Sensor.Primitives;
using Sensor.Protocols.Compression;
using Sensor.Protocols.Fields;
using Sensor.Protocols.Http;

namespace Sensor.Protocols.Http2;

/// <summary>Reads frames. DATA passes through as it comes; all others are short and put together first, header blocks over all their frames.</summary>
internal sealed class Http2Parser(TransactionPool<Http2Transaction> pool, HttpMemory memory, byte[] scratch, int mostOpen)
    : PooledParser<Http2Transaction>(pool, mostOpen, (int)Http2Event.TooManyStreams)
{
    private const byte EndStream = 1, EndHeaders = 4, Padded = 8, HasPriority = 0x20;

    private struct Side(ByteSlab slab)
    {
        public MessageBuffer Frame = new(slab);
        public PooledBytes Block = new(slab);
        public HeaderTable Table = new(slab);

        /// <summary>The frame in hand: bytes of DATA and of its padding that are still to come, or of a frame that is passed over.</summary>
        public int Data, Padding, Skip;
        public uint DataStream, BlockStream;
        public bool DataEnds, BlockEnds, HasBegun, IsBlind;

        public void Reset()
        {
            Frame.Release();
            Block.Release();
            Table.Release();
            Data = Padding = Skip = 0;
            DataStream = BlockStream = 0;
            DataEnds = BlockEnds = HasBegun = IsBlind = false;
        }
    }

    private Side _client = new(pool.Bytes), _server = new(pool.Bytes);

    public override ParseResult Parse(ReadOnlySpan<byte> data, in ParseContext context)
    {
        int all = data.Length;
        ref Side side = ref (context.Direction == Direction.ToServer ? ref _client : ref _server);
        while (!data.IsEmpty || side is { Data: 0, Padding: 0, Skip: 0, DataEnds: true })
        {
            ParseStatus status = Step(ref side, ref data, context);
            if (status == ParseStatus.NeedMore) break;
            if (status == ParseStatus.Malformed) return ParseResult.Broken;
        }

        return ParseResult.All(all);
    }

    public override ParseStatus Gap(long length, in ParseContext context)
    {
        ref Side side = ref (context.Direction == Direction.ToServer ? ref _client : ref _server);
        if (length <= side.Skip)
        {
            side.Skip -= (int)length;
            return ParseStatus.Done;
        }

        if (length > side.Data) return ParseStatus.Malformed;
        side.Data -= (int)length;
        if (Find(side.DataStream) is { } one)
        {
            HttpMessage message = one.Message(context.Direction);
            message.WireLength += length;
            message.File.Gap(length);
            message.ReleaseReaders();
        }

        return ParseStatus.Done;
    }

    public override void End(in ParseContext context)
    {
        foreach (Transaction open in Transactions) EndSide((Http2Transaction)open, context, complete: false);
    }

    public override void Reset()
    {
        base.Reset();
        _client.Reset();
        _server.Reset();
    }

    private ParseStatus Step(ref Side side, ref ReadOnlySpan<byte> data, in ParseContext context)
    {
        if (side.Skip > 0)
        {
            int skipped = Math.Min(side.Skip, data.Length);
            side.Skip -= skipped;
            data = data[skipped..];
            return ParseStatus.Done;
        }

        if (side.Data > 0 || side.Padding > 0 || side.DataEnds) return Data(ref side, ref data, context);
        if (!side.HasBegun && context.Direction == Direction.ToServer)
        {
            ReadOnlySpan<byte> preface = Http2Protocol.Preface;
            ParseStatus began = side.Frame.Show(ref data, preface.Length, out ReadOnlySpan<byte> start);
            if (began != ParseStatus.Done) return began;
            side.HasBegun = true;
            if (start.SequenceEqual(preface)) side.Frame.Drop(ref data, preface.Length);
            else if (!start.StartsWith("PRI "u8)) return Wrong(Http2Event.InvalidClientMagic, context);
        }

        ParseStatus status = side.Frame.Show(ref data, FrameHeader.Length, out ReadOnlySpan<byte> head);
        if (status != ParseStatus.Done) return status;
        var header = new FrameHeader(head);
        if (header.Type == FrameType.Data) return BeginData(ref side, ref data, header, context);
        if (header.Size > Http2Limits.Frame)
        {
            side.Frame.Drop(ref data, FrameHeader.Length);
            side.Skip = header.Size;
            Transaction? told = Owner(header, context);
            told?.Events.Add((int)Http2Event.LongFrameData);
            if (header.Type is FrameType.Headers or FrameType.Continuation or FrameType.PushPromise) side.IsBlind = true;
            return ParseStatus.Done;
        }

        status = side.Frame.Show(ref data, FrameHeader.Length + header.Size, out ReadOnlySpan<byte> frame);
        if (status != ParseStatus.Done) return status;
        Frame(ref side, header, frame[FrameHeader.Length..], context);
        side.Frame.Drop(ref data, FrameHeader.Length + header.Size);
        return ParseStatus.Done;
    }

    private ParseStatus BeginData(ref Side side, ref ReadOnlySpan<byte> data, in FrameHeader header, in ParseContext context)
    {
        int padding = 0, taken = FrameHeader.Length;
        if ((header.Flags & Padded) != 0 && header.Size > 0)
        {
            ParseStatus status = side.Frame.Show(ref data, taken + 1, out ReadOnlySpan<byte> frame);
            if (status != ParseStatus.Done) return status;
            padding = Math.Min((int)frame[taken], header.Size - 1);
            taken++;
        }

        side.Frame.Drop(ref data, taken);
        side.Padding = padding;
        side.Data = header.Size - (taken - FrameHeader.Length) - padding;
        side.DataStream = header.Stream;
        side.DataEnds = (header.Flags & EndStream) != 0;
        if (Owner(header, context) is not { } one) return ParseStatus.Done;
        if (header.Stream == 0) one.Events.Add((int)Http2Event.DataStreamZero);
        if (header.Size > Http2Limits.Frame) one.Events.Add((int)Http2Event.LongFrameData);
        return ParseStatus.Done;
    }

    private ParseStatus Data(ref Side side, ref ReadOnlySpan<byte> data, in ParseContext context)
    {
        Http2Transaction? one = Find(side.DataStream);
        int taken = Math.Min(side.Data, data.Length);
        if (taken > 0 && one is not null) Body(one, data[..taken], context);
        side.Data -= taken;
        data = data[taken..];
        if (side.Data > 0) return ParseStatus.Done;
        taken = Math.Min(side.Padding, data.Length);
        side.Padding -= taken;
        data = data[taken..];
        if (side.Padding > 0 || !side.DataEnds) return ParseStatus.Done;
        side.DataEnds = false;
        if (one is not null) EndSide(one, context, complete: true);
        return ParseStatus.Done;
    }

    private void Body(Http2Transaction one, ReadOnlySpan<byte> bytes, in ParseContext context)
    {
        HttpMessage message = one.Message(context.Direction);
        ref bool tried = ref (context.Direction == Direction.ToServer ? ref one.RequestFileTried : ref one.ResponseFileTried);
        if (!tried)
        {
            tried = true;
            message.BodyLimit = context.Direction == Direction.ToServer ? memory.Options.RequestBodyLimit : memory.Options.ResponseBodyLimit;
            one.TryGet(Direction.ToServer, ":path"u8, out ReadOnlySpan<byte> path);
            int query = path.IndexOf((byte)'?');
            message.File = new HttpFile { Sink = context.Files, Handle = context.Files.Open(context.Flow, one, context.Direction, query < 0 ? path : path[..query], context.Time) };
            BeginDecoding(one, message, context.Direction);
        }

        message.WireLength += bytes.Length;
        if (message.Decoder is { } decoder) Tell(one, decoder.Push(bytes, last: false, message));
        else message.Decoded(bytes);
    }

    private void BeginDecoding(Http2Transaction one, HttpMessage message, Direction direction)
    {
        if (!one.TryGet(direction, "content-encoding"u8, out ReadOnlySpan<byte> coding)) return;
        coding = coding.Trim((byte)' ');
        ContentCoding known = Ascii.EqualsIgnoreCase(coding, "gzip"u8) ? ContentCoding.Gzip
            : Ascii.EqualsIgnoreCase(coding, "deflate"u8) ? ContentCoding.Deflate
            : Ascii.EqualsIgnoreCase(coding, "br"u8) ? ContentCoding.Brotli : ContentCoding.None;
        if (known == ContentCoding.None || !memory.Chains.TryTake(out DecoderChain? chain)) return;
        message.Decoder = chain;
        chain.Add(known);
    }

    private static void Tell(Http2Transaction one, DecoderProblem problem)
    {
        if (problem != DecoderProblem.None) one.Events.Add((int)Http2Event.FailedDecompression);
    }

    private void EndSide(Http2Transaction one, in ParseContext context, bool complete)
    {
        bool toServer = context.Direction == Direction.ToServer;
        if (one.Progress(context.Direction) == Http2Progress.Complete) return;
        HttpMessage message = one.Message(context.Direction);
        if (message.Decoder is { } decoder) Tell(one, decoder.Push(default, last: true, message));
        message.BodyDone = true;
        message.File.Close(complete, context.Time);
        message.ReleaseReaders();
        if (toServer) one.RequestProgress = Http2Progress.Complete;
        else one.ResponseProgress = Http2Progress.Complete;
        one.LastChanged = context.Time;
    }

    private void Frame(ref Side side, in FrameHeader header, ReadOnlySpan<byte> payload, in ParseContext context)
    {
        if (header.Type == FrameType.Continuation)
        {
            if (side.BlockStream != header.Stream || side.Block.Length == 0) Owner(header, context)?.Events.Add((int)Http2Event.InvalidFrameData);
            else Block(ref side, payload, (header.Flags & EndHeaders) != 0, context);
            return;
        }

        if (Owner(header, context) is not { } one) return;
        one.LastChanged = context.Time;
        var cursor = new ByteCursor(payload);
        switch (header.Type)
        {
            case FrameType.Headers or FrameType.PushPromise:
                Headers(ref side, header, payload, one, context);
                break;
            case FrameType.Priority:
                if (payload.Length != 5) one.Events.Add((int)Http2Event.InvalidFrameData);
                else one.Add(context.Direction, Http2Field.RequestPriority, payload[4]);
                break;
            case FrameType.ResetStream:
                if (!cursor.TryReadUInt32(out uint reset)) one.Events.Add((int)Http2Event.InvalidFrameData);
                else one.Add(context.Direction, Http2Field.RequestError, reset);
                EndSide(one, context, complete: false);
                if (context.Direction == Direction.ToClient) one.RequestProgress = Http2Progress.Complete;
                else one.ResponseProgress = Http2Progress.Complete;
                break;
            case FrameType.Settings:
                while (cursor.TryReadUInt16(out ushort id) && cursor.TryReadUInt32(out uint value)) one.Add(context.Direction, Http2Field.RequestSetting, ((long)id << 32) | value);
                if (payload.Length % 6 != 0) one.Events.Add((int)Http2Event.InvalidFrameData);
                break;
            case FrameType.GoAway:
                if (!cursor.TrySkip(4) || !cursor.TryReadUInt32(out uint error)) one.Events.Add((int)Http2Event.InvalidFrameData);
                else one.Add(context.Direction, Http2Field.RequestError, error);
                break;
            case FrameType.WindowUpdate:
                if (!cursor.TryReadUInt32(out uint window)) one.Events.Add((int)Http2Event.InvalidFrameData);
                else one.Add(context.Direction, Http2Field.RequestWindow, window & 0x7fffffff);
                break;
        }
    }

    private void Headers(ref Side side, in FrameHeader header, ReadOnlySpan<byte> payload, Http2Transaction one, in ParseContext context)
    {
        if ((header.Flags & Padded) != 0)
        {
            if (payload.IsEmpty || payload[0] >= payload.Length)
            {
                one.Events.Add((int)Http2Event.InvalidFrameData);
                side.IsBlind = true;
                return;
            }

            payload = payload[1..^payload[0]];
        }

        int before = header.Type == FrameType.PushPromise ? 4 : (header.Flags & HasPriority) != 0 ? 5 : 0;
        if (payload.Length < before)
        {
            one.Events.Add((int)Http2Event.InvalidFrameData);
            side.IsBlind = true;
            return;
        }

        if (before == 5) one.Add(context.Direction, Http2Field.RequestPriority, payload[4]);
        side.Block.Release();
        side.BlockStream = header.Stream;
        side.BlockEnds = header.Type == FrameType.Headers && (header.Flags & EndStream) != 0;
        Block(ref side, payload[before..], (header.Flags & EndHeaders) != 0, context);
    }

    /// <summary>A piece of a header block; the last one makes it readable.</summary>
    private void Block(ref Side side, ReadOnlySpan<byte> piece, bool isLast, in ParseContext context)
    {
        Http2Transaction? one = Find(side.BlockStream);
        if (side.Block.Length > 0 || !isLast)
        {
            if (!side.Block.TryAppend(piece, Http2Limits.HeaderBlock))
            {
                one?.Events.Add((int)Http2Event.ReassemblyLimitReached);
                side.Block.Release();
                side.IsBlind = true;
                return;
            }

            if (!isLast) return;
            piece = side.Block.Span;
        }

        if (one is not null && !side.IsBlind)
        {
            if (!HeaderReader.Read(piece, ref side.Table, scratch, one, context.Direction))
            {
                one.Events.Add((int)Http2Event.InvalidHeader);
                side.IsBlind = true; // the table of the two sides is no longer known
            }

            one.FinishHeaders(context.Direction);
        }

        side.Block.Release();
        if (one is null) return;
        if (context.Direction == Direction.ToServer) one.RequestProgress = Math.Max(one.RequestProgress, Http2Progress.Headers);
        else one.ResponseProgress = Math.Max(one.ResponseProgress, Http2Progress.Headers);
        if (side.BlockEnds) EndSide(one, context, complete: true);
    }

    /// <summary>The transaction a frame belongs to; frames of the connection (stream 0) have one each.</summary>
    private Http2Transaction? Owner(in FrameHeader header, in ParseContext context)
    {
        Http2Transaction? one = header.Stream == 0 ? null : Find(header.Stream);
        if (one is null)
        {
            one = Open(context);
            if (one is null) return null;
            one.Stream = header.Stream;
            if (header.Stream == 0)
            {
                MakeOneSided(one);
                Complete(one, Http2Progress.Complete, Http2Progress.Complete);
            }
        }

        uint bit = 1u << Math.Min((int)header.Type, 31);
        if (context.Direction == Direction.ToServer) one.RequestFrames |= bit;
        else one.ResponseFrames |= bit;
        return one;
    }

    /// <summary>Streams are few, and the one in hand is mostly the last.</summary>
    private Http2Transaction? Find(uint stream)
    {
        for (int at = Transactions.Count - 1; at >= 0; at--)
        {
            var one = (Http2Transaction)Transactions[at];
            if (one.Stream == stream && stream != 0) return one;
        }

        return null;
    }

    private ParseStatus Wrong(Http2Event what, in ParseContext context)
    {
        if (Open(context) is { } one)
        {
            MakeOneSided(one);
            Complete(one, Http2Progress.Complete, Http2Progress.Complete);
            one.Events.Add((int)what);
        }

        return ParseStatus.Malformed;
    }
}
