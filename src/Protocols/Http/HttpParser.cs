using Sensor.Primitives;

namespace Sensor.Protocols.Http;

/// <summary>
/// HTTP/1 on one connection. Each direction is read by an <see cref="HttpSide"/>; this class pairs responses with
/// requests and knows what one side has to know of the other (HEAD, CONNECT, Upgrade).
/// </summary>
internal sealed class HttpParser : AppParser
{
    private readonly HttpRequestSide _request;
    private readonly HttpResponseSide _response;
    private bool _responseEnded;

    public HttpParser(HttpMemory memory)
    {
        Memory = memory;
        _request = new HttpRequestSide(this);
        _response = new HttpResponseSide(this);
    }

    public HttpMemory Memory { get; }

    public override ParseResult Parse(ReadOnlySpan<byte> data, in ParseContext context) => Side(context.Direction).Run(data, context);

    public override ParseStatus Gap(long length, in ParseContext context)
    {
        Side(context.Direction).Gap(length, context);
        return ParseStatus.Done;
    }

    public override void End(in ParseContext context)
    {
        Side(context.Direction).End(context);
        if (context.Direction == Direction.ToClient) _responseEnded = true;
        foreach (Transaction one in Transactions)
        {
            if (context.Direction == Direction.ToServer) one.RequestProgress = HttpProgress.Complete;
            else one.ResponseProgress = HttpProgress.Complete;
        }
    }

    /// <summary>A new exchange at the end of the list; null when a limit is reached (then the side is given up).</summary>
    public HttpTransaction? Open(in ParseContext context)
    {
        if (Transactions.Count >= Memory.Options.MaximumTransactions)
        {
            ((HttpTransaction)Transactions[^1]).Raise(HttpEvent.TooManyTransactions);
            return null;
        }

        if (!Memory.Transactions.TryTake(out HttpTransaction? one)) return null;
        one.Id = NextTransactionId++;
        one.Started = one.LastChanged = context.Time;
        if (_responseEnded) one.ResponseProgress = HttpProgress.Complete;
        Transactions.Add(one);
        return one;
    }

    /// <summary>The oldest exchange whose response has not come yet, null for none.</summary>
    public HttpTransaction? Unanswered()
    {
        foreach (Transaction one in Transactions)
        {
            if (one.ResponseProgress < HttpProgress.Complete) return (HttpTransaction)one;
        }

        return null;
    }

    public HttpTransaction? Last => Transactions.Count > 0 ? (HttpTransaction)Transactions[^1] : null;

    /// <summary>The answer to a CONNECT that was refused: the client's next bytes are HTTP again.</summary>
    public void ConnectRefused()
    {
        _request.StopWaiting();
        ResumeOther = true;
    }

    public override void Release(Transaction transaction)
    {
        transaction.Reset();
        Memory.Transactions.Return((HttpTransaction)transaction);
    }

    public override void Reset()
    {
        _request.Reset();
        _response.Reset();
        _responseEnded = false;
        base.Reset();
    }

    private HttpSide Side(Direction direction) => direction == Direction.ToServer ? _request : _response;
}
