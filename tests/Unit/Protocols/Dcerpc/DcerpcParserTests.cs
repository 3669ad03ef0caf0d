using System.Text;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Protocols.Dcerpc;
using Sensor.Tests.Support;
using Xunit;

namespace Sensor.Tests.Protocols.Dcerpc;

public sealed class DcerpcParserTests
{
    private static readonly DcerpcProtocol s_protocol = new();

    private static ProtocolTranscript Call() => new ProtocolTranscript(s_protocol)
        .Client(DcerpcBytes.Bind()).Server(DcerpcBytes.BindAck())
        .Client(DcerpcBytes.Request(15, Encoding.ASCII.GetBytes("argu"), flags: 1)).Client(DcerpcBytes.Request(15, Encoding.ASCII.GetBytes("ments"), flags: 2))
        .Server(DcerpcBytes.Response(Encoding.ASCII.GetBytes("results")));

    [Fact]
    public void Fragments_join_to_one_call_of_the_bound_interface_at_every_split()
    {
        string result = Call().AssertSameAtEverySplit();
        Assert.Contains("""{"dcerpc":{"request":"BIND","interfaces":[{"uuid":"367abb81-9844-35f1-ad32-98f038001003","version":"2.0","ack_result":0}],"response":"BINDACK","call_id":1,"rpc_version":"5.0"}}""", result, StringComparison.Ordinal);
        Assert.Contains("dcerpc.stub_data ToServer [0] @0: arguments", result, StringComparison.Ordinal);
        Assert.Contains("""{"dcerpc":{"request":"REQUEST","req":{"opnum":15,"frag_cnt":2,"stub_data_size":9},"interfaces":[{"uuid":"367abb81-9844-35f1-ad32-98f038001003","version":"2.0","ack_result":0}],"response":"RESPONSE","res":{"frag_cnt":1,"stub_data_size":15},"call_id":2,"rpc_version":"5.0"}}""", result, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_allocated_once_warm() => Call().AssertAllocatesNothing();

    [Fact]
    public void Refused_interface_stays_known_as_refused()
    {
        new ProtocolTranscript(s_protocol).Client(DcerpcBytes.Bind()).Server(DcerpcBytes.BindAck(result: 2)).Client(DcerpcBytes.Request(1, [])).Inspect((parser, _) =>
        {
            DcerpcInterface asked = Assert.Single(((DcerpcTransaction)parser.Transactions[1]).Exchange!.Interfaces.ToArray());
            Assert.True(asked is { IsAnswered: true, Result: 2 });
        });
    }

    [Fact]
    public void Response_without_request_is_told()
    {
        string result = new ProtocolTranscript(s_protocol).Server(DcerpcBytes.Response([1])).AssertSameAtEverySplit();
        Assert.Contains("""{"request":"REQUEST_LOST","response":"RESPONSE","res":{"frag_cnt":1,"stub_data_size":9},"call_id":2""", result, StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_gap_units_are_found_again()
    {
        string result = new ProtocolTranscript(s_protocol).Client(DcerpcBytes.Bind()).ClientMisses(100).Client("junk").Client(DcerpcBytes.Request(7, [9])).Describe();
        Assert.Contains("dcerpc.unit_lost", result, StringComparison.Ordinal);
        Assert.Contains("\"opnum\":7", result, StringComparison.Ordinal);
    }

    [Fact]
    public void Fragments_without_end_and_calls_without_answer_are_bounded()
    {
        var memory = new DcerpcMemory();
        var parser = new DcerpcParser(memory, mostOpen: 16);
        var context = new ParseContext { Flow = new Flow { Slot = 0 }, Direction = Direction.ToServer, Time = default, Files = NoFiles.Instance };
        byte[] piece = DcerpcBytes.Request(1, new byte[4000], flags: 0);
        for (int i = 0; i < 2000; i++) parser.Parse(piece, context);
        Assert.InRange(memory.Pool.Text.InUse, 1, 2 * DcerpcLimits.Stub);
        for (uint call = 10; call < 1000; call++) parser.Parse(DcerpcBytes.Request(1, [1], call: call), context);
        Assert.True(parser.Transactions.Count <= 32);
        Assert.Contains(parser.Transactions, one => one.Events.Contains((int)DcerpcEvent.TooManyTransactions));
        parser.Reset();
        Assert.Equal(0, memory.Pool.Text.InUse);
        Assert.Equal(0, memory.Transactions.InUse);
    }

    [Fact]
    public void Every_byte_is_looked_at_once()
    {
        static (long Calls, int Unread) Work(int units)
        {
            AppParser parser = s_protocol.CreateParser(new ProtocolOptions());
            var feeder = new ParserFeeder(parser, new Flow { Slot = 0 }, NoFiles.Instance);
            byte[] unit = DcerpcBytes.Request(1, new byte[600]);
            for (int i = 0; i < units; i++)
            {
                foreach (byte one in unit) feeder.Add(Direction.ToServer, [one]);
            }

            return (feeder.Parses, feeder.MostUnread);
        }

        (long once, int unread) = Work(20);
        (long twice, int unreadTwice) = Work(40);
        Assert.InRange(twice, once, 2 * once);
        Assert.Equal(unread, unreadTwice);
    }

    [Fact]
    public void Mutated_bytes_never_throw() => Mutations.Try(s_protocol, Call, [.. DcerpcBytes.Bind(), .. DcerpcBytes.Request(3, new byte[40])], [.. DcerpcBytes.BindAck(), .. DcerpcBytes.Response(new byte[40])]);
}
