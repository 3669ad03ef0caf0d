using Sensor.Decode;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Tests.Flows;

public sealed class FlowTableTests : IFlowEndHandler
{
    private readonly List<(long Id, FlowEndReason Reason)> _ended = [];

    void IFlowEndHandler.FlowEnded(Flow flow) => _ended.Add((flow.Id, flow.EndReason));

    private FlowTable Table(FlowOptions? options = null) => new(options ?? new FlowOptions { Seed = 1 }, this);

    private static Flow? See(FlowTable table, TestPacket packet, out Direction direction)
    {
        PacketView view = packet;
        return table.FindOrAdd(ref view, out direction);
    }

    private static Flow See(FlowTable table, TestPacket packet) => See(table, packet, out _)!;

    private static readonly TestPacket Udp = new() { Protocol = 17 };
    private static readonly TestPacket Syn = new() { TcpFlags = TcpFlags.Syn, Sequence = 7 };

    [Fact]
    public void Both_directions_find_the_same_flow()
    {
        FlowTable table = Table();
        Flow flow = See(table, Udp, out Direction there)!;
        Assert.Same(flow, See(table, Udp.Reversed(), out Direction back));
        Assert.Equal((Direction.ToServer, Direction.ToClient), (there, back));
        Assert.Equal(FlowState.Established, flow.State);
        Assert.Equal(1, table.Counters.Active);
        Assert.Equal(("10.0.0.1", 40000, "192.0.2.1", 80), (flow.Client.ToString(), flow.ClientPort, flow.Server.ToString(), flow.ServerPort));
    }

    public static TheoryData<string> Differences => ["protocol", "source port", "address", "vlan", "tunnel", "version"];

    [Theory, MemberData(nameof(Differences))]
    public void Each_part_of_the_key_tells_flows_apart(string difference)
    {
        FlowTable table = Table();
        Flow first = See(table, Udp);
        TestPacket other = difference switch
        {
            "protocol" => Udp with { Protocol = 132 },
            "source port" => Udp with { SourcePort = 40001 },
            "address" => Udp with { Source = "10.0.0.2" },
            "vlan" => Udp with { VlanCount = 1, Vlan0 = 0 },
            "tunnel" => Udp with { TunnelDepth = 1 },
            _ => Udp with { Source = "2001:db8::1", Destination = "2001:db8::2" },
        };
        Assert.NotSame(first, See(table, other));
    }

    [Fact]
    public void Vlan_and_tunnel_count_only_when_asked()
    {
        FlowTable table = Table(FlowOptions.FromSettings(new Dictionary<string, string>
        {
            ["vlan.use-for-tracking"] = "false",
            ["decoder.recursion-level.use-for-tracking"] = "no",
        }));
        Flow flow = See(table, Udp);
        Assert.Same(flow, See(table, Udp with { VlanCount = 1, Vlan0 = 10, TunnelDepth = 1 }));
    }

    [Fact]
    public void The_sender_of_a_syn_ack_is_the_server()
    {
        FlowTable table = Table();
        Flow flow = See(table, new TestPacket { SourcePort = 80, DestinationPort = 40000, TcpFlags = TcpFlags.Syn | TcpFlags.Ack }, out Direction direction)!;
        Assert.Equal(Direction.ToClient, direction);
        Assert.Equal((40000, 80, 0L, 1L), (flow.ClientPort, flow.ServerPort, flow.ToServer.Packets, flow.ToClient.Packets));
    }

    [Theory]
    [InlineData(1, 8, 0)]
    [InlineData(1, 13, 14)]
    [InlineData(58, 128, 129)]
    [InlineData(58, 135, 136)]
    public void Icmp_question_and_answer_share_a_flow(byte protocol, byte question, byte answer)
    {
        FlowTable table = Table();
        var ask = new TestPacket { Protocol = protocol, IcmpType = question, SourcePort = 0, DestinationPort = 0 };
        Flow flow = See(table, ask);
        Assert.Same(flow, See(table, ask.Reversed() with { IcmpType = answer, IcmpCode = 3 }));
        Assert.Equal((question, answer, (byte)3), (flow.IcmpType, flow.IcmpResponseType, flow.IcmpResponseCode));
        Assert.NotSame(flow, See(table, ask with { IcmpType = 3 }));
    }

    [Fact]
    public void Esp_flows_are_told_apart_by_their_spi()
    {
        FlowTable table = Table();
        var esp = new TestPacket { Protocol = 50, HasTransport = false, Transport = [0, 0, 0, 123, 0, 0, 0, 1] };
        Flow flow = See(table, esp);
        Assert.Equal(123u, flow.Spi);
        Assert.Same(flow, See(table, esp with { Transport = [0, 0, 0, 123, 0, 0, 0, 2] }));
        Assert.NotSame(flow, See(table, esp with { Transport = [0, 0, 1, 65] }));
    }

    [Fact]
    public void Sides_count_packets_bytes_ttl_flags_and_mac()
    {
        FlowTable table = Table();
        See(table, Syn with { FrameLength = 60, TimeToLive = 64, EthernetSource = [1, 2, 3, 4, 5, 6] });
        Flow flow = See(table, Syn with { FrameLength = 1514, TimeToLive = 60, TcpFlags = TcpFlags.Ack });
        Assert.Equal((2L, 1574L, (byte)60, (byte)64, (byte)0x12), (flow.ToServer.Packets, flow.ToServer.Bytes, flow.ToServer.TtlMin, flow.ToServer.TtlMax, flow.ToServer.TcpFlags));
        Assert.Equal(0x010203040506UL, flow.ToServer.Ethernet);
        Assert.Equal(0, flow.ToClient.Packets);
        Assert.Equal(FlowState.New, flow.State);
    }

    [Theory]
    [InlineData(PacketFlags.Fragment, 4, true)]
    [InlineData(PacketFlags.Invalid, 4, true)]
    [InlineData(PacketFlags.None, 6, false)]
    public void Fragments_and_unreadable_headers_have_no_flow(PacketFlags flags, byte protocol, bool hasTransport)
    {
        FlowTable table = Table();
        Assert.Null(See(table, Udp with { Flags = flags, Protocol = protocol, HasTransport = hasTransport }, out _));
        Assert.Equal((0L, 1L), (table.Counters.Active, table.Counters.PacketsWithoutFlow));
    }

    [Fact]
    public void Idle_flows_end_by_packet_time()
    {
        FlowTable table = Table();
        Flow udp = See(table, Udp);
        long first = udp.Id;
        table.Expire(At(1030));
        Assert.Empty(_ended);
        table.Expire(At(1030.1));
        Assert.Equal([(first, FlowEndReason.Timeout)], _ended);
        Assert.Equal((0L, 1L), (table.Counters.Active, table.Counters.TimedOut));
    }

    [Fact]
    public void A_packet_after_the_timeout_opens_a_new_flow_even_if_nobody_swept()
    {
        FlowTable table = Table();
        long first = See(table, Udp).Id;
        long second = See(table, Udp with { Seconds = 1031 }).Id;
        Assert.NotEqual(first, second);
        Assert.Equal([(first, FlowEndReason.Timeout)], _ended);
    }

    [Fact]
    public void Closing_shortens_the_timeout_without_a_further_packet()
    {
        FlowTable table = Table();
        Flow flow = See(table, Syn);
        flow.State = FlowState.Established;
        See(table, Syn with { TcpFlags = TcpFlags.Ack });
        flow.State = FlowState.Closed;      // what Streams does after FindOrAdd
        table.Expire(At(1059));
        Assert.Empty(_ended);
        table.Expire(At(1061));
        Assert.Single(_ended);
    }

    [Fact]
    public void A_new_syn_on_a_closed_flow_is_a_new_flow_its_old_twin_is_not()
    {
        FlowTable table = Table();
        Flow flow = See(table, Syn);
        long first = flow.Id;
        Assert.Equal(first, See(table, Syn with { Sequence = 99 }).Id);
        flow.State = FlowState.Closed;
        Assert.Equal(first, See(table, Syn).Id);
        Assert.NotEqual(first, See(table, Syn with { Sequence = 99 }).Id);
        Assert.Equal([(first, FlowEndReason.TcpReuse)], _ended);
    }

    [Fact]
    public void Time_going_backwards_neither_ends_nor_immortalises_flows()
    {
        FlowTable table = Table();
        See(table, Udp with { Seconds = 4_000_000_000 });       // a capture with a wrong clock
        See(table, Udp with { SourcePort = 1, Seconds = 1000 });
        for (int i = 0; i < 20; i++) table.Expire(At(1001));
        Assert.Empty(_ended);
        for (int i = 0; i < 20; i++) table.Expire(At(1040));
        Assert.Equal(2, _ended.Count);
    }

    [Fact]
    public void When_full_unanswered_flows_go_first_oldest_first()
    {
        FlowTable table = Table(new FlowOptions { Seed = 1, MaximumFlows = 4 });
        See(table, Udp);
        long conversation = See(table, Udp.Reversed()).Id;
        long[] lone = [.. Enumerable.Range(1, 3).Select(port => See(table, Udp with { SourcePort = (ushort)port }).Id)];
        for (ushort port = 100; port < 110; port++) See(table, Udp with { SourcePort = port });

        Assert.Equal(lone, _ended.Take(3).Select(ended => ended.Id));
        Assert.DoesNotContain(_ended, ended => ended.Id == conversation || ended.Reason != FlowEndReason.Forced);
        Assert.Equal((4L, 4L, 10L), (table.Counters.Active, table.Counters.MostActive, table.Counters.Evicted));
    }

    [Fact]
    public void Ids_are_positive_below_2_53_unique_and_repeatable_with_a_seed()
    {
        FlowTable one = Table(new FlowOptions { Seed = 5, Worker = 255 }), same = Table(new FlowOptions { Seed = 5, Worker = 255 });
        FlowTable other = Table(new FlowOptions { Seed = 5, Worker = 254 });
        long[] ids = [.. Enumerable.Range(0, 5000).Select(port => See(one, Udp with { SourcePort = (ushort)port }).Id)];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(ids, id => Assert.InRange(id, 1, (1L << 53) - 1));
        Assert.Equal(ids[0], See(same, Udp).Id);
        Assert.NotEqual(ids[0], See(other, Udp).Id);
    }

    [Fact]
    public void Chains_survive_random_adding_and_ending()
    {
        // A plain dictionary is the twin; a tiny table makes every chain and list edge happen.
        FlowTable table = Table(new FlowOptions { Seed = 3, MaximumFlows = 64 });
        var twin = new Dictionary<ushort, long>();
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++)
        {
            ushort port = (ushort)random.Next(200);
            int before = _ended.Count;
            Flow flow = See(table, Udp with { SourcePort = port, Seconds = 1000 + (i * 0.01) });
            foreach ((long id, _) in _ended.Skip(before)) twin.Remove(twin.Single(pair => pair.Value == id).Key);
            if (twin.TryGetValue(port, out long known)) Assert.Equal(known, flow.Id);
            twin[port] = flow.Id;
            if (random.Next(10) == 0)
            {
                twin.Remove(port);
                table.End(flow, FlowEndReason.Forced);
                _ended.RemoveAt(_ended.Count - 1);
            }

            Assert.Equal(twin.Count, table.Counters.Active);
        }

        table.EndAll(FlowEndReason.Shutdown);
        Assert.Equal(0, table.Counters.Active);
    }

    [Fact]
    public void Hash_is_symmetric_and_spreads_neighbouring_addresses()
    {
        var buckets = new int[1024];
        for (int host = 0; host < 4096; host++)
        {
            PacketView there = Udp with { Source = $"10.0.{host >> 8}.{host & 255}" };
            PacketView back = (Udp with { Source = $"10.0.{host >> 8}.{host & 255}" }).Reversed();
            var options = new FlowOptions();
            uint hash = FlowKey.Of(ref there, options).Hash(11, 13);
            Assert.Equal(hash, FlowKey.Of(ref back, options).Hash(11, 13));
            buckets[hash & 1023]++;
        }

        Assert.InRange(buckets.Max(), 4, 20);
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        FlowTable table = new(new FlowOptions { Seed = 1, MaximumFlows = 2000 }, new Nobody());
        PacketView view = Udp;
        Churn(table, ref view, 0);
        long least = long.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Churn(table, ref view, 10_000);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    private static void Churn(FlowTable table, ref PacketView view, int from)
    {
        for (int i = from; i < from + 5000; i++)
        {
            view.SourcePort = (ushort)i;
            view.Raw = new RawPacket(default, 60, At(1000 + (i / 100.0)), LinkType.Ethernet, 1);
            table.FindOrAdd(ref view, out _);
            table.Expire(view.Time);
        }
    }

    private static PacketTime At(double seconds) => new((long)(seconds * PacketTime.NanosecondsPerSecond));

    private sealed class Nobody : IFlowEndHandler
    {
        public void FlowEnded(Flow flow)
        {
        }
    }

    [Theory]
    [InlineData(47)]
    [InlineData(2)]
    [InlineData(89)]
    public void Protocols_without_ends_have_no_flow(byte protocol)
    {
        FlowTable table = Table();
        Assert.Null(See(table, new TestPacket { Protocol = protocol }, out _));
        Assert.Equal((0, 1), (table.Counters.Active, table.Counters.PacketsWithoutFlow));
    }

    [Fact]
    public void Hosts_that_ping_each_other_are_two_flows()
    {
        FlowTable table = Table();
        var ask = new TestPacket { Protocol = 1, IcmpType = 8, SourcePort = 0, DestinationPort = 0 };
        Flow first = See(table, ask);
        Flow second = See(table, ask.Reversed());
        Assert.NotSame(first, second);
        Assert.Same(first, See(table, ask.Reversed() with { IcmpType = 0 }));
        Assert.Same(second, See(table, ask with { IcmpType = 0 }));
    }

    /// <summary>An ICMP error: 8 bytes of its own, then the IPv4 header and ports of the packet it is about.</summary>
    private static TestPacket Error(TestPacket about, byte type = 3) => new()
    {
        Protocol = 1,
        IcmpType = type,
        Source = "198.51.100.1",
        Destination = about.Source,
        SourcePort = 0,
        DestinationPort = 0,
        Transport =
        [
            type, 3, 0, 0, 0, 0, 0, 0,
            0x45, 0, 0, 40, 0, 0, 0, 0, 64, about.Protocol, 0, 0, .. System.Net.IPAddress.Parse(about.Source).GetAddressBytes(), .. System.Net.IPAddress.Parse(about.Destination).GetAddressBytes(),
            (byte)(about.SourcePort >> 8), (byte)about.SourcePort, (byte)(about.DestinationPort >> 8), (byte)about.DestinationPort, 0, 0, 0, 0,
        ],
    };

    [Fact]
    public void An_icmp_error_belongs_to_the_flow_it_quotes()
    {
        FlowTable table = Table();
        Flow flow = See(table, Udp);
        Assert.Same(flow, See(table, Error(Udp), out Direction direction));
        Assert.Equal((Direction.ToClient, 1L), (direction, flow.ToClient.Packets));
        Assert.Same(flow, See(table, Error(Udp.Reversed()), out direction));
        Assert.Equal(Direction.ToServer, direction);
    }

    [Fact]
    public void An_icmp_error_opens_no_flow()
    {
        FlowTable table = Table();
        Assert.Null(See(table, Error(Udp), out _));
        See(table, Udp);
        TestPacket error = Error(Udp);
        for (int length = 0; length < 8 + 20 + 4; length++) Assert.Null(See(table, error with { Transport = error.Transport[..length] }, out _));
        Assert.Equal(1, table.Counters.Active);
    }

    [Fact]
    public void One_packet_out_of_the_past_does_not_end_a_flow()
    {
        FlowTable table = Table();
        Flow flow = See(table, Udp with { Seconds = 100_000 });
        Assert.Same(flow, See(table, Udp with { Seconds = 1 }));
        Assert.Same(flow, See(table, Udp with { Seconds = 100_001 }));
        Assert.Equal((3L, 100_001L), (flow.ToServer.Packets, flow.LastSeen.Seconds));
    }
}
