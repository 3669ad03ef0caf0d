using Sensor.Decode;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Streams;

namespace Sensor.Tests.Streams;

public sealed class StreamSettingsTests
{
    [Fact]
    public void Suricatas_keys_become_options()
    {
        StreamOptions options = StreamOptions.FromSettings(new Dictionary<string, string>
        {
            ["stream.midstream"] = "True",
            ["stream.async-oneside"] = "yes",
            ["stream.inline"] = "true",
            ["stream.reassembly.depth"] = "2mb",
            ["stream.checksum-validation"] = "no",
            ["stream.bypass"] = "yes",
            ["stream.reassembly.urgent.policy"] = "gap",
            ["unknown.key"] = "x",
        });
        Assert.Equal((true, true, true, 2L << 20, false, true, UrgentPolicy.Gap), (options.Midstream, options.AsyncOneSide, options.Inline,
            options.ReassemblyDepth, options.ChecksumValidation, options.Bypass, options.UrgentPolicy));
        Assert.Equal(0, StreamOptions.FromSettings(new Dictionary<string, string> { ["stream.reassembly.depth"] = "0" }).ReassemblyDepth);
        Assert.Equal(new StreamOptions().ReassemblyDepth, StreamOptions.FromSettings(new Dictionary<string, string> { ["stream.reassembly.depth"] = "much" }).ReassemblyDepth);
    }

    [Theory]
    [InlineData("auto", false, false, ExceptionPolicy.Ignore)]
    [InlineData("auto", true, false, ExceptionPolicy.DropFlow)]
    [InlineData("auto", true, true, ExceptionPolicy.Ignore)]
    [InlineData("pass-flow", false, true, ExceptionPolicy.PassFlow)]
    [InlineData("", false, false, ExceptionPolicy.Ignore)]
    [InlineData("", true, true, ExceptionPolicy.Ignore)]
    public void The_master_switch_reaches_midstream_flows(string master, bool bridge, bool midstream, ExceptionPolicy expected)
    {
        var settings = new Dictionary<string, string> { ["stream.midstream"] = midstream ? "true" : "false" };
        if (master.Length > 0) settings["exception-policy"] = master;
        Assert.Equal(expected, StreamOptions.FromSettings(settings, bridge).MidstreamPolicy);
    }

    [Fact]
    public void Every_event_has_one_name_and_fits_an_event_set()
    {
        Assert.Equal(Enum.GetValues<StreamEvent>().Length - 1, StreamEventNames.All.Count);
        Assert.Equal(StreamEventNames.All.Count, StreamEventNames.All.Select(row => row.Name).Distinct().Count());
        foreach ((StreamEvent happened, string name) in StreamEventNames.All)
        {
            Assert.Equal(name, StreamEventNames.Name(happened));
            Assert.True(StreamEventNames.TryFind(name, out StreamEvent found));
            Assert.Equal(happened, found);
        }

        Assert.False(StreamEventNames.TryFind("no_such_event", out _));
        Assert.Equal("fin_wait1", TcpStateNames.Name(TcpState.FinWait1));
        Assert.Equal("closed", TcpStateNames.Name(TcpState.Closed));
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        var world = new World();
        for (int i = 0; i < 200; i++) world.Run(i);
        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            for (int i = 200; i < 600; i++) world.Run(i);
        }));
        Assert.True(world.Read > 600 * 20_000);
    }

    /// <summary>Whole connections with loss, disorder and a close, one after another, without anything that allocates around them.</summary>
    private sealed class World : IFlowEndHandler
    {
        private readonly StreamTracker _tracker = new(new StreamOptions());
        private readonly FlowTable _flows;
        private readonly byte[] _data = new byte[1460];
        private readonly IpAddress _client = IpAddress.Parse("10.0.0.1"), _server = IpAddress.Parse("192.0.2.1");
        private long _time = 1_000_000_000_000;

        public World() => _flows = new FlowTable(new FlowOptions { Seed = 1 }, this);

        public long Read { get; private set; }

        public void FlowEnded(Flow flow)
        {
            _tracker.Flush(flow);
            _tracker.Release(flow);
        }

        public void Run(int number)
        {
            ushort port = (ushort)(1024 + (number % 50));
            Packet(port, true, TcpFlags.Syn, (uint)number, 0, 0);
            Packet(port, false, TcpFlags.Syn | TcpFlags.Ack, 9, (uint)number + 1, 0);
            Packet(port, true, TcpFlags.Ack, (uint)number + 1, 10, 0);
            uint at = (uint)number + 1;
            for (int i = 0; i < 16; i++)
            {
                // Pairs arrive swapped; the eighth segment is lost.
                uint place = at + ((uint)(i ^ 1) * 1460);
                if (i != 8) Packet(port, true, TcpFlags.Ack, place, 10, 1460);
                if ((i & 3) == 3) Packet(port, false, TcpFlags.Ack, 10, at + ((uint)(i + 1) * 1460), 0);
            }

            Packet(port, true, TcpFlags.Fin | TcpFlags.Ack, at + (16 * 1460), 10, 0);
            Packet(port, false, TcpFlags.Fin | TcpFlags.Ack, 10, at + (16 * 1460) + 1, 0);
            Packet(port, true, TcpFlags.Ack, at + (16 * 1460) + 1, 11, 0);
        }

        private void Packet(ushort port, bool fromClient, TcpFlags flags, uint sequence, uint acknowledgment, int length)
        {
            PacketView view = default;
            view.Raw = new RawPacket(default, 54 + length, new PacketTime(_time += 1000), LinkType.Ethernet, 1);
            view.IpVersion = 4;
            view.IpProtocol = 6;
            view.HasTransport = true;
            view.Source = fromClient ? _client : _server;
            view.Destination = fromClient ? _server : _client;
            view.SourcePort = fromClient ? port : (ushort)80;
            view.DestinationPort = fromClient ? (ushort)80 : port;
            view.TcpFlags = flags;
            view.Sequence = sequence;
            view.Acknowledgment = acknowledgment;
            view.Window = 65535;
            view.WindowScale = -1;
            view.Payload = _data.AsSpan(0, length);
            Flow flow = _flows.FindOrAdd(ref view, out Direction direction)!;
            _tracker.Track(flow, ref view, direction, out _);
            if (flow.Transport is not TcpSession session) return;
            StreamHalf half = session.ToServer;
            while (half.ParsedTo < half.ReadableTo)
            {
                int read = half.Read(half.ParsedTo).Length;
                Read += read;
                half.ParsedTo += read > 0 ? read : half.GapAt(half.ParsedTo);
            }

            half.InspectedTo = half.ParsedTo;
            _tracker.Trim(session);
        }
    }
}
