using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Sensor.Alerts;
using Sensor.Alerts.Eve;
using Sensor.Capture;
using Sensor.Detection.Inspect;
using Sensor.Engine;
using Sensor.Engine.Configuration;
using Sensor.Primitives;
using Sensor.Reputation;
using Sensor.Tests.Support;
using Sensor.Tests.Support.Traffic;

namespace Sensor.Tests.Engine;

/// <summary>A whole worker with the shipped rules and lists: once warm, a packet allocates nothing, whatever it raises.</summary>
public sealed class SteadyStateTests
{
    private const int WarmRounds = 4, MeasuredRounds = 5;

    [Fact]
    public void Conversations_with_and_without_alerts_allocate_nothing_once_warm()
    {
        byte[][] rounds = [.. Rounds(WarmRounds + MeasuredRounds)];
        using var rig = new Rig();
        int next = 0;
        while (next < WarmRounds) rig.Play(rounds[next++]);
        long alerts = rig.Worker.Alerts;
        int first = next;
        long allocated = Allocation.LeastOf(() => rig.Play(rounds[next++]));
        Assert.True(rig.Worker.Alerts - alerts >= (next - first) * SampleTraffic.Classes.Count, $"only {rig.Worker.Alerts - alerts} alerts in {next - first} rounds");
        Assert.Equal(0, allocated);
    }

    [SharedFact]
    public void Recorded_office_traffic_allocates_nothing_once_warm()
    {
        byte[] frames = ReadCapture(SharedMaterial.Path("captures", "traffic", "office-small.pcap"));
        using var rig = new Rig();
        rig.Play(frames);
        Assert.Equal(0, Allocation.LeastOf(() => rig.Play(frames)));
    }

    [Fact]
    public void A_listed_file_raises_one_alert_for_each_download()
    {
        byte[] content = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * 7))];
        using var rig = new Rig(Convert.ToHexString(SHA256.HashData(content)));
        var traffic = new TrafficBuilder();
        for (int i = 0; i < 3; i++) Download(traffic, content);
        Download(traffic, content[..4999]);
        rig.Play(Pack(traffic.Frames, 0));
        rig.Worker.Finish(Sensor.Flows.FlowEndReason.Shutdown);
        Assert.Equal(3, rig.Worker.Alerts);
    }

    private static void Download(TrafficBuilder traffic, byte[] content)
    {
        var client = new Host("192.168.10.30", 0x02_00_00_00_00_30);
        var server = new Host("203.0.113.99", 0x02_00_00_00_00_01);
        byte[] head = System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {content.Length}\r\n\r\n");
        traffic.Connect(client, server, 80).ClientSends("GET /f HTTP/1.1\r\nHost: files.example\r\n\r\n"u8).ServerSends([.. head, .. content]).Close();
    }

    /// <summary>The sample's traffic again and again, on one clock.</summary>
    private static IEnumerable<byte[]> Rounds(int count)
    {
        IReadOnlyList<TimedFrame> frames = SampleTraffic.Build().Frames;
        long length = frames[^1].Microseconds - frames[0].Microseconds + 60_000_000;
        for (int round = 0; round < count; round++) yield return Pack(frames, round * length);
    }

    private static byte[] Pack(IReadOnlyList<TimedFrame> frames, long shift)
    {
        var packed = new ArrayBufferWriter<byte>();
        for (int i = 0; i < frames.Count; i++)
        {
            Add(packed, new RawPacket(frames[i].Bytes, frames[i].Bytes.Length, new PacketTime((frames[i].Microseconds + shift) * 1000), LinkType.Ethernet, (ulong)i + 1));
        }

        return packed.WrittenSpan.ToArray();
    }

    private static byte[] ReadCapture(string path)
    {
        var packed = new ArrayBufferWriter<byte>();
        using CaptureFile file = CaptureFile.Open(path);
        while (file.Read(out RawPacket packet) == ReadStatus.Frame) Add(packed, packet);
        return packed.WrittenSpan.ToArray();
    }

    private static void Add(ArrayBufferWriter<byte> packed, scoped in RawPacket packet)
    {
        var header = new FrameHeader
        {
            Nanoseconds = packet.Time.Nanoseconds,
            Number = packet.Number,
            CapturedLength = packet.Bytes.Length,
            WireLength = packet.WireLength,
            Link = packet.Link,
        };
        packed.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<FrameHeader>(in header)));
        packed.Write(packet.Bytes);
    }

    private sealed class Rig : IDisposable
    {
        private const int BatchFrames = 256;

        private readonly EventQueue _queue = new(new EventQueueOptions { Bytes = 1 << 20 });
        private readonly EventWriter _writer;

        public Rig(string? listedDigest = null)
        {
            var configuration = new SensorConfiguration { ValidateChecksums = false };
            configuration.RuleFiles.Clear();
            if (listedDigest is null) configuration.RuleFiles.Add(Checkout.Path("rules"));
            configuration.ListFiles.Clear();
            foreach (string list in Directory.GetFiles(Checkout.Path("rules", "lists"))) configuration.ListFiles.Add(list);
            Knowledge knowledge = KnowledgeLoader.Load(configuration);
            EngineOptions options = EngineOptions.From(configuration).WithRoomFor(4096);
            _writer = new EventWriter(options.Events, _queue);
            ReputationSet lists = listedDigest is null ? knowledge.Lists : ListOf(listedDigest);
            Worker = new Worker(options, knowledge.Rules, lists, new DetectionTables(options.Detection), _writer);
        }

        public Worker Worker { get; }

        public void Play(byte[] frames)
        {
            var rest = new ReadOnlySequence<byte>(frames);
            while (!rest.IsEmpty)
            {
                var batch = new PacketBatch(rest, BatchFrames);
                Worker.Process(ref batch);
                rest = rest.Slice(batch.ConsumedBytes);
            }
        }

        public void Dispose()
        {
            Worker.Dispose();
            _writer.Dispose();
            _queue.Dispose();
        }

        private static ReputationSet ListOf(string digest)
        {
            string header = File.ReadAllText(Checkout.Path("rules", "lists", "malware-hashes.list"));
            return ReputationSet.Build([ReputationList.Read("malware-hashes.list", new StringReader($"{header}\n{digest}\n"), [])], []);
        }
    }
}
