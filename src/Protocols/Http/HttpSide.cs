using Sensor.Primitives;

namespace Sensor.Protocols.Http;

internal enum HttpStage : byte
{
    /// <summary>Before or in a start line.</summary>
    StartLine,
    /// <summary>A line that is no start line came; what follows decides what it was.</summary>
    AfterGarbage,
    Headers,
    /// <summary>A line of nothing but white space came; it ends the headers unless another header follows.</summary>
    DoubtfulBlank,
    BodyByLength,
    BodyToEnd,
    ChunkLength,
    ChunkData,
    Trailer,
    /// <summary>A CONNECT waits for its answer.</summary>
    Waiting,
}

/// <summary>
/// Reads one direction: lines, headers, and the body as its framing says. All bytes are taken as they come; an
/// unfinished line is kept here, so no byte is searched twice. Where HTTP's rules and its clients' habits differ, the
/// content decides (framing and codings that the bytes contradict are not believed): HTTP evasion lives in that gap.
/// </summary>
internal abstract partial class HttpSide
{
    protected HttpSide(HttpParser parser, Direction direction)
    {
        Parser = parser;
        Direction = direction;
        Carry = new GrowingBytes(parser.Memory.Bytes);
    }

    protected HttpParser Parser { get; }

    protected Direction Direction { get; }

    protected HttpOptions Options => Parser.Memory.Options;

    /// <summary>The beginning of a line whose end has not come.</summary>
    protected GrowingBytes Carry { get; }

    protected HttpStage Stage;

    /// <summary>The exchange being read, null between two.</summary>
    protected HttpTransaction? Current;

    /// <summary>Bytes the body or chunk still has.</summary>
    protected long Remaining;

    /// <summary>After a hole: lines are passed over until one begins a message.</summary>
    protected bool Resynchronising;

    private bool _carryUsed, _lineTooLong;

    protected HttpMessage Message => Current!.Message(Direction);

    protected bool IsRequest => Direction == Direction.ToServer;

    public ParseResult Run(ReadOnlySpan<byte> data, in ParseContext context)
    {
        int at = 0;
        while (at < data.Length && Parser is { HandOverTo: null, ResumeOther: false })
        {
            if (Stage == HttpStage.Waiting) return ParseResult.Wait(at);
            int before = at;
            HttpStage stage = Stage;
            if (!Step(data, ref at, context)) return ParseResult.Broken;
            if (at == before && Stage == stage) return ParseResult.Wait(at);
        }

        return Stage == HttpStage.Waiting ? ParseResult.Wait(at) : ParseResult.All(at);
    }

    public virtual void Reset()
    {
        Carry.Release();
        Stage = HttpStage.StartLine;
        Current = null;
        Remaining = 0;
        Resynchronising = _carryUsed = _lineTooLong = false;
        ResetBody();
    }

    /// <summary>The direction ended: what is half there is completed as far as it goes.</summary>
    public void End(in ParseContext context)
    {
        ReadOnlySpan<byte> line = _carryUsed ? default : Carry.Span;
        if (Current is null)
        {
            if (!line.IsEmpty) EndInStartLine(line, context);
        }
        else if (Stage is HttpStage.Headers or HttpStage.Trailer && !line.IsEmpty)
        {
            AddHeaderLine(line);
        }
        else if (Stage == HttpStage.AfterGarbage)
        {
            GarbageIsBody(context);
        }
        else if (Stage == HttpStage.ChunkLength && !line.IsEmpty && IsFirstChunk)
        {
            DeliverBody(line, context);
        }

        if (Current is not null) FinishMessage(context, complete: Stage == HttpStage.BodyToEnd);
        Carry.Release();
        _carryUsed = false;
    }

    /// <summary>Bytes are missing. In a body they are counted; elsewhere the message ends and the next start line is looked for.</summary>
    public void Gap(long length, in ParseContext context)
    {
        if (Stage == HttpStage.Waiting) return;
        if (Stage is HttpStage.BodyByLength or HttpStage.ChunkData or HttpStage.BodyToEnd)
        {
            long inside = Stage == HttpStage.BodyToEnd ? length : Math.Min(length, Remaining);
            SkipBody(inside, context);
            if (inside == length && (Remaining > 0 || Stage != HttpStage.BodyByLength))
            {
                if (Stage == HttpStage.ChunkData && Remaining == 0) Stage = HttpStage.ChunkLength;
                return;
            }

            FinishMessage(context, complete: inside == length && Stage == HttpStage.BodyByLength);
            if (inside == length) return;
        }
        else if (Current is not null)
        {
            Current.Raise(HttpEvent.InvalidGap);
            FinishMessage(context, complete: false);
        }

        Carry.Truncate(0);
        _carryUsed = false;
        Stage = HttpStage.StartLine;
        Resynchronising = true;
    }

    /// <summary>One step of the state machine; false gives the direction up. Not moving at all means that more bytes are needed.</summary>
    private bool Step(ReadOnlySpan<byte> data, ref int at, in ParseContext context)
    {
        switch (Stage)
        {
            case HttpStage.StartLine:
                return !TakeLine(data, ref at, out ReadOnlySpan<byte> start) || TakeStartLine(start, data[at..], context);
            case HttpStage.AfterGarbage:
                return AfterGarbage(data, ref at, context);
            case HttpStage.Headers:
            case HttpStage.Trailer:
                if (TakeLine(data, ref at, out ReadOnlySpan<byte> line)) TakeHeaderLine(line, data[at..], context);
                return true;
            case HttpStage.DoubtfulBlank:
                DecideBlank(data[at..], context);
                return true;
            case HttpStage.BodyByLength:
                ReadByLength(data, ref at, context);
                return true;
            case HttpStage.BodyToEnd:
                DeliverBody(data[at..], context);
                at = data.Length;
                return true;
            case HttpStage.ChunkLength:
                ReadChunkLength(data, ref at, context);
                return true;
            case HttpStage.ChunkData:
                ReadChunkData(data, ref at, context);
                return true;
            default:
                return true;
        }
    }

    /// <summary>A start line, line end included. False gives the direction up.</summary>
    protected abstract bool TakeStartLine(ReadOnlySpan<byte> line, ReadOnlySpan<byte> following, in ParseContext context);

    protected abstract bool AfterGarbage(ReadOnlySpan<byte> data, ref int at, in ParseContext context);

    protected abstract void GarbageIsBody(in ParseContext context);

    /// <summary>The direction ended inside a start line.</summary>
    protected abstract void EndInStartLine(ReadOnlySpan<byte> line, in ParseContext context);

    /// <summary>The headers are over: framing, and what the fields ask for. <paramref name="following"/> are the bytes already there.</summary>
    protected abstract void HeadersDone(ReadOnlySpan<byte> following, in ParseContext context);

    /// <summary>Called once the message is complete; <see cref="Current"/> is still set.</summary>
    protected abstract void MessageDone(in ParseContext context);

    /// <summary>
    /// Takes bytes up to and including the next line feed. The line is the caller's until the next call. Beyond the
    /// field limit a line is cut: its beginning is kept, the rest passes by.
    /// </summary>
    protected bool TakeLine(ReadOnlySpan<byte> data, ref int at, out ReadOnlySpan<byte> line)
    {
        if (_carryUsed)
        {
            Carry.Truncate(0);
            _carryUsed = false;
        }

        ReadOnlySpan<byte> rest = data[at..];
        int end = rest.IndexOf((byte)'\n');
        ReadOnlySpan<byte> taken = end < 0 ? rest : rest[..(end + 1)];
        at += taken.Length;
        int limit = Options.FieldLimit;
        if (end >= 0 && Carry.Length == 0 && taken.Length <= limit)
        {
            line = taken;
            return true;
        }

        if (Carry.Length + taken.Length > limit)
        {
            _lineTooLong = true;
            taken = taken[..Math.Max(0, Math.Min(taken.Length, limit - Carry.Length))];
        }

        Carry.Append(taken);
        line = Carry.Span;
        if (end < 0) return false;
        _carryUsed = true;
        return true;
    }

    /// <summary>Raises the event of a line that was cut, once the exchange it belongs to is known.</summary>
    protected void TellCutLine()
    {
        if (!_lineTooLong || Current is null) return;
        _lineTooLong = false;
        Current.Raise(IsRequest ? HttpEvent.RequestFieldTooLong : HttpEvent.ResponseFieldTooLong);
    }

    protected void Advance(int progress, in ParseContext context)
    {
        Current!.LastChanged = context.Time;
        if (IsRequest) Current.RequestProgress = Math.Max(Current.RequestProgress, progress);
        else Current.ResponseProgress = Math.Max(Current.ResponseProgress, progress);
    }

    /// <summary>The message is over, or nothing more of it will come.</summary>
    protected void FinishMessage(in ParseContext context, bool complete)
    {
        FinishBody(context, complete);
        Advance(HttpProgress.Complete, context);
        MessageDone(context);
        Current = null;
        Remaining = 0;
        if (Stage != HttpStage.Waiting) Stage = HttpStage.StartLine;
    }
}
