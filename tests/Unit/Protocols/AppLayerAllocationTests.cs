using System.Text;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Tests.Protocols;

/// <summary>A whole flow's life in the application layer, again and again, from the same slabs.</summary>
public sealed class AppLayerAllocationTests
{
    private sealed class FixedSource(string text) : StreamSource
    {
        private readonly byte[] _bytes = Encoding.Latin1.GetBytes(text);
        private int _readable;

        public override long ParsedTo { get; set; }

        public override bool ParsingDone { get; set; }

        public override long ReadableTo => _readable;

        public override bool Ended => _readable == _bytes.Length;

        public void Show(int more) => _readable = Math.Min(_bytes.Length, _readable + more);

        public void Rewind()
        {
            ParsedTo = _readable = 0;
            ParsingDone = false;
        }

        public override ReadOnlySpan<byte> Read(long offset) => _bytes.AsSpan((int)offset, _readable - (int)offset);

        public override long GapAt(long offset) => 0;
    }

    [Fact]
    public void Flow_with_detection_parsing_cleaning_and_end_allocates_nothing()
    {
        var layer = new AppLayer(new ProtocolOptions(), NoFiles.Instance);
        var flow = new Flow { Slot = 0, ServerPort = 80 };
        var client = new FixedSource("GET /one HTTP/1.1\r\nHost: h\r\nUser-Agent: u\r\n\r\nGET /two HTTP/1.1\r\nHost: h\r\n\r\n");
        var server = new FixedSource("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\noneHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n");
        for (int i = 0; i < 50; i++) Live(layer, flow, client, server);
        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            for (int i = 0; i < 50; i++) Live(layer, flow, client, server);
        }));
    }

    private static void Live(AppLayer layer, Flow flow, FixedSource client, FixedSource server)
    {
        client.Rewind();
        server.Rewind();
        AppSession session = layer.SessionOf(flow)!;
        (session.SourceToServer, session.SourceToClient) = (client, server);
        long cleaned = 0;
        while (!server.Ended)
        {
            client.Show(20);
            server.Show(7);
            layer.Advance(flow, session, Direction.ToServer, default, Completeness.Whole);
            layer.Advance(flow, session, Direction.ToClient, default, Completeness.Whole);
            foreach (Transaction one in session.Parser?.Transactions ?? Nothing) one.RequestInspected = one.ResponseInspected = one.Logged = true;
            layer.Clean(flow);
            cleaned = session.NextTransactionId - (session.Parser?.Transactions.Count ?? 0);
        }

        if (cleaned != 2) throw new InvalidOperationException($"{cleaned} transactions were finished");
        layer.Release(flow);
    }

    private static readonly TransactionList Nothing = [];
}
