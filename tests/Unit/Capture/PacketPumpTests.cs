using System.Net;
using Sensor.Capture;
using Sensor.Primitives;
using Sensor.Tests.Decode;

namespace Sensor.Tests.Capture;

public class PacketPumpTests
{
    /// <summary>A source that hands out frames from a list; live or not.</summary>
    private sealed class ListSource(IReadOnlyList<byte[]> frames, bool live, long kernelDropped = 0) : IPacketSource
    {
        private int _next;

        public string Name => "list";

        public bool IsLive => live;

        public SourceStatistics Statistics => new(_next, kernelDropped, 0);

        public ReadStatus Read(out RawPacket frame)
        {
            frame = default;
            if (_next == frames.Count) return ReadStatus.End;
            frame = new RawPacket(frames[_next], frames[_next].Length, default, LinkType.Ethernet, (ulong)++_next);
            return ReadStatus.Frame;
        }

        public void Wait(int milliseconds)
        {
        }

        public void Stop()
        {
        }

        public void Dispose()
        {
        }
    }

    private static byte[] Between(int one, int two, int length = 20) =>
        Frames.Ethernet(0x0800, Frames.Ipv4(17, Frames.Udp(1000, 2000, Frames.Text(length)), Address(one), Address(two)));

    private static string Address(int host) => new IPAddress([10, 0, (byte)(host >> 8), (byte)host]).ToString();

    private static int Drain(FramePipe pipe, Action<ulong>? onFrame = null)
    {
        int frames = 0;
        while (!pipe.IsDrained)
        {
            if (!pipe.TryRead(64, out PacketBatch batch))
            {
                pipe.Wait(1000);
                continue;
            }

            while (batch.MoveNext(out RawPacket packet))
            {
                frames++;
                onFrame?.Invoke(packet.Number);
            }

            pipe.Advance(batch);
        }

        return frames;
    }

    [Fact]
    public void Every_frame_reaches_exactly_one_worker_in_order()
    {
        byte[][] frames = [.. Enumerable.Range(0, 5000).Select(i => Between(i % 97, 1000 + (i % 13)))];
        FramePipe[] pipes = [new(), new(), new()];
        var pump = new PacketPump(new ListSource(frames, live: false), pipes, seed: 42);
        pump.Run();
        var seen = new HashSet<ulong>();
        int[] counts = [.. pipes.Select(pipe =>
        {
            ulong last = 0;
            return Drain(pipe, number =>
            {
                Assert.True(number > last && seen.Add(number));
                last = number;
            });
        })];
        Assert.Equal(5000, counts.Sum());
        Assert.All(counts, count => Assert.InRange(count, 500, 3500));
        Assert.True(pump.Statistics.IsDrainedBy(inspected: 5000, undecodable: 0, shed: 0));
    }

    [Fact]
    public void A_live_source_drops_and_counts_what_does_not_fit_and_the_ledger_closes()
    {
        byte[][] frames = [.. Enumerable.Range(0, 1000).Select(_ => Between(1, 2, 1400))];
        using var pipe = new FramePipe(300_000);
        var pump = new PacketPump(new ListSource(frames, live: true, kernelDropped: 7), [pipe], seed: 1);
        pump.Run();
        int inspected = Drain(pipe);
        PumpStatistics statistics = pump.Statistics;
        Assert.True(statistics.QueueFull > 0);
        Assert.Equal(1000, inspected + statistics.QueueFull);
        LossLedger ledger = statistics.Ledger(inspected, 0, 0);
        Assert.True(ledger.Closes);
        Assert.Equal(statistics.Source.Seen, ledger.Seen);
        Assert.Equal(1007, ledger.Seen);
    }

    [Fact]
    public void A_file_waits_for_a_slow_worker_and_loses_nothing()
    {
        byte[][] frames = [.. Enumerable.Range(0, 3000).Select(_ => Between(1, 2, 1400))];
        using var pipe = new FramePipe(300_000);
        var pump = new PacketPump(new ListSource(frames, live: false), [pipe], seed: 1);
        var thread = new Thread(pump.Run);
        thread.Start();
        int inspected = Drain(pipe);
        thread.Join();
        Assert.Equal((3000, 0L), (inspected, pump.Statistics.QueueFull));
    }

    [Fact]
    public void Stopping_ends_a_pump_that_waits_for_space()
    {
        byte[][] frames = [.. Enumerable.Range(0, 3000).Select(_ => Between(1, 2, 1400))];
        using var pipe = new FramePipe(300_000);
        var pump = new PacketPump(new ListSource(frames, live: false), [pipe], seed: 1);
        var thread = new Thread(pump.Run);
        thread.Start();
        pump.Stop();
        Assert.True(thread.Join(TimeSpan.FromSeconds(60)));
        Assert.True(pump.Statistics.IsDrainedBy(Drain(pipe), 0, 0));
    }

    [Fact]
    public void Both_directions_and_all_fragments_meet_on_one_worker()
    {
        var hash = new FlowHash(99);
        byte[] udp = Frames.Udp(5000, 53, Frames.Text(100));
        foreach ((LinkType link, Func<byte[], byte[]> wrap) in Links())
        {
            uint there = Of(hash, link, wrap(Frames.Ipv4(17, udp, "192.0.2.1", "192.0.2.9")));
            uint back = Of(hash, link, wrap(Frames.Ipv4(17, Frames.Udp(53, 5000, []), "192.0.2.9", "192.0.2.1")));
            uint fragment = Of(hash, link, wrap(Frames.Ipv4(17, Frames.Text(16), "192.0.2.1", "192.0.2.9", fragment: 5)));
            uint other = Of(hash, link, wrap(Frames.Ipv4(17, udp, "192.0.2.2", "192.0.2.9")));
            Assert.True(there != 0 && there == back && there == fragment && there != other, link.ToString());
        }

        Assert.Equal(
            Of(hash, LinkType.Ipv6, Frames.Ipv6(17, udp, "2001:db8::1", "2001:db8::2")),
            Of(hash, LinkType.Ipv6, Frames.Ipv6(44, Frames.Ipv6Fragment(17, 8, true, 1, Frames.Text(8)), "2001:db8::2", "2001:db8::1")));
    }

    [Fact]
    public void Any_frame_cut_anywhere_has_a_worker()
    {
        var hash = new FlowHash(7);
        foreach ((LinkType link, byte[] bytes) in Samples.All.Values)
        {
            for (int length = 0; length <= bytes.Length; length++)
            {
                Assert.InRange(hash.Choose(new RawPacket(bytes.AsSpan(0, length), length, default, link, 1), 5), 0, 4);
            }
        }
    }

    private static uint Of(FlowHash hash, LinkType link, byte[] bytes) => hash.Of(new RawPacket(bytes, bytes.Length, default, link, 1));

    private static IEnumerable<(LinkType Link, Func<byte[], byte[]> Wrap)> Links() =>
    [
        (LinkType.Ethernet, ip => Frames.Ethernet(0x0800, ip)),
        (LinkType.Ethernet, ip => Frames.Ethernet(0x88A8, Frames.Vlan(1, 0x8100, Frames.Vlan(2, 0x0800, ip)))),
        (LinkType.Ethernet, ip => Frames.Ethernet(0x8847, Frames.Join(Frames.Bytes("00064040 00065140"), ip))),
        (LinkType.Ethernet, ip => Frames.Ethernet(0x8864, Frames.Join(Frames.Bytes("1100 0001 0000 0021"), ip))),
        (LinkType.LinuxSll, ip => Frames.Join(new byte[14], Frames.Word(0x0800), ip)),
        (LinkType.LinuxSll2, ip => Frames.Join(Frames.Word(0x0800), new byte[18], ip)),
        (LinkType.Null, ip => Frames.Join(Frames.Bytes("02000000"), ip)),
        (LinkType.Ppp, ip => Frames.Join(Frames.Bytes("ff030021"), ip)),
        (LinkType.Raw, ip => ip),
    ];
}
