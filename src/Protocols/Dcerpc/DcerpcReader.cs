using Sensor.Primitives;

namespace Sensor.Protocols.Dcerpc;

/// <summary>Where the calls of a conversation are kept: the flow's transactions, or those of a named pipe.</summary>
internal interface IDcerpcHost
{
    /// <summary>A new call begins; null when no more can be kept.</summary>
    DcerpcExchange? Open(in ParseContext context);

    /// <summary>The newest call of that id that this side has not finished, or null.</summary>
    DcerpcExchange? Find(uint callId, Direction direction);

    /// <summary>A side of a call is complete.</summary>
    void Finish(DcerpcExchange exchange, Direction direction);

    void Raise(DcerpcExchange exchange, DcerpcEvent what);

    /// <summary>Stub data of a response begins with the 8 bytes before it (hint, context, count), as rules for the reference engine measure it over TCP.</summary>
    bool KeepsResponseHead { get; }
}

/// <summary>
/// Reads whole connection-oriented units (C706 section 12.6, MS-RPCE section 2.2.2): binds become the list of
/// interfaces, fragments of requests and responses become joined stub data. Holds what a conversation has bound.
/// </summary>
internal sealed class DcerpcReader(DcerpcPool pool)
{
    private const int SyntaxLength = 20, ContextHead = 4, BindHead = 28, RequestHead = 24;

    private DcerpcInterfaces _bound = new(pool.Text);

    public void Reset() => _bound.Release();

    /// <param name="unit">A whole unit.</param>
    /// <param name="header">Its header, already read.</param>
    public void Read(ReadOnlySpan<byte> unit, in DcerpcHeader header, IDcerpcHost host, in ParseContext context)
    {
        Direction direction = DcerpcType.IsFromClient(header.Type) ? Direction.ToServer : DcerpcType.IsFromServer(header.Type) ? Direction.ToClient : context.Direction;
        switch (header.Type)
        {
            case DcerpcType.Request or DcerpcType.Response:
                ReadCall(unit, header, host, direction, context);
                break;
            case DcerpcType.Bind or DcerpcType.AlterContext:
                ReadBind(unit, header, host, context);
                break;
            case DcerpcType.BindAck or DcerpcType.AlterContextResponse or DcerpcType.BindNak or DcerpcType.Fault:
                ReadAnswer(unit, header, host, context);
                break;
        }
    }

    private void ReadBind(ReadOnlySpan<byte> unit, in DcerpcHeader header, IDcerpcHost host, in ParseContext context)
    {
        if (host.Open(context) is not { } exchange) return;
        exchange.CallId = header.CallId;
        exchange.RequestType = header.Type;
        exchange.RequestFragments = 1;
        exchange.IsRequestLittleEndian = header.IsLittleEndian;
        if (unit.Length < BindHead)
        {
            host.Raise(exchange, DcerpcEvent.MalformedData);
        }
        else
        {
            int contexts = unit[24], at = BindHead;
            for (int i = 0; i < contexts; i++)
            {
                // Context id, number of transfer syntaxes, reserved, the interface, then the syntaxes.
                if (at + ContextHead + SyntaxLength > unit.Length) { host.Raise(exchange, DcerpcEvent.MalformedData); break; }
                int syntaxes = unit[at + 2];
                var item = new DcerpcInterface
                {
                    ContextId = DcerpcHeader.U16(unit[at..], header.IsLittleEndian),
                    Id = DcerpcInterface.ReadId(unit[(at + 4)..], header.IsLittleEndian),
                    Major = DcerpcHeader.U16(unit[(at + 20)..], header.IsLittleEndian),
                    Minor = DcerpcHeader.U16(unit[(at + 22)..], header.IsLittleEndian),
                };
                exchange.InterfaceList.TryAdd(item);
                _bound.Put(item);
                at += ContextHead + SyntaxLength + (syntaxes * SyntaxLength);
            }
        }

        host.Finish(exchange, Direction.ToServer);
    }

    private void ReadAnswer(ReadOnlySpan<byte> unit, in DcerpcHeader header, IDcerpcHost host, in ParseContext context)
    {
        DcerpcExchange? exchange = host.Find(header.CallId, Direction.ToClient) ?? host.Open(context);
        if (exchange is null) return;
        exchange.CallId = header.CallId;
        exchange.ResponseType = header.Type;
        exchange.ResponseFragments++;
        exchange.IsResponseLittleEndian = header.IsLittleEndian;
        if (header.Type is DcerpcType.BindAck or DcerpcType.AlterContextResponse && !ReadResults(unit, header, exchange)) host.Raise(exchange, DcerpcEvent.MalformedData);
        if (exchange.RequestType == DcerpcType.None) host.Finish(exchange, Direction.ToServer);
        host.Finish(exchange, Direction.ToClient);
    }

    /// <summary>The results stand in the order of the contexts of the bind.</summary>
    private bool ReadResults(ReadOnlySpan<byte> unit, in DcerpcHeader header, DcerpcExchange exchange)
    {
        if (unit.Length < RequestHead + 2) return false;
        int at = RequestHead + 2 + DcerpcHeader.U16(unit[RequestHead..], header.IsLittleEndian);
        at = (at + 3) & ~3;
        if (at + 4 > unit.Length) return false;
        int results = unit[at];
        at += 4;
        for (int i = 0; i < results && i < exchange.InterfaceList.Count; i++, at += RequestHead)
        {
            if (at + 2 > unit.Length) return false;
            ref DcerpcInterface asked = ref exchange.InterfaceList[i];
            asked.Result = DcerpcHeader.U16(unit[at..], header.IsLittleEndian);
            asked.IsAnswered = true;
            int bound = _bound.Find(asked.ContextId);
            if (bound < 0 || _bound[bound].Id != asked.Id) continue;
            _bound[bound].Result = asked.Result;
            _bound[bound].IsAnswered = true;
        }

        return true;
    }

    private void ReadCall(ReadOnlySpan<byte> unit, in DcerpcHeader header, IDcerpcHost host, Direction direction, in ParseContext context)
    {
        bool isRequest = direction == Direction.ToServer;
        DcerpcExchange? exchange = isRequest && header.IsFirst ? null : host.Find(header.CallId, direction);
        if (isRequest && exchange is { RequestType: not DcerpcType.Request }) exchange = null;
        exchange ??= host.Open(context);
        if (exchange is null) return;
        exchange.CallId = header.CallId;
        if (unit.Length < RequestHead)
        {
            host.Raise(exchange, DcerpcEvent.MalformedData);
        }
        else
        {
            if (isRequest) BeginRequest(unit, header, exchange);
            else BeginResponse(header, exchange);
            if (!exchange.StubOf(direction).Append(StubOf(unit, isRequest, host.KeepsResponseHead), DcerpcLimits.Stub)) host.Raise(exchange, DcerpcEvent.StubDataCut);
        }

        if (!isRequest && exchange.RequestType == DcerpcType.None) host.Finish(exchange, Direction.ToServer);
        if (header.IsLast) host.Finish(exchange, direction);
    }

    private void BeginRequest(ReadOnlySpan<byte> unit, in DcerpcHeader header, DcerpcExchange exchange)
    {
        exchange.RequestFragments++;
        if (exchange.RequestType == DcerpcType.Request) return;
        exchange.RequestType = DcerpcType.Request;
        exchange.BeganWithFirstFragment = header.IsFirst;
        exchange.IsRequestLittleEndian = header.IsLittleEndian;
        exchange.ContextId = DcerpcHeader.U16(unit[20..], header.IsLittleEndian);
        exchange.OperationNumber = DcerpcHeader.U16(unit[22..], header.IsLittleEndian);
        int bound = _bound.Find(exchange.ContextId);
        if (bound >= 0) exchange.InterfaceList.TryAdd(_bound[bound]);
    }

    private static void BeginResponse(in DcerpcHeader header, DcerpcExchange exchange)
    {
        exchange.ResponseFragments++;
        exchange.ResponseType = DcerpcType.Response;
        exchange.IsResponseLittleEndian = header.IsLittleEndian;
    }

    /// <summary>All that follows the head: an object's id and the verifier count as stub data, as in the reference engine, whose rules measure it so.</summary>
    private static ReadOnlySpan<byte> StubOf(ReadOnlySpan<byte> unit, bool isRequest, bool keepsHead) =>
        unit[(isRequest || !keepsHead ? RequestHead : DcerpcHeader.Length)..];
}
