using System.Text;
using System.Text.Json;
using Sensor.Alerts;
using Sensor.Alerts.Eve;
using Sensor.Alerts.Spool;
using Sensor.Correlation;
using Sensor.Detection;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Tests.Alerts.Spool;
using Sensor.Tests.Support.Traffic;

namespace Sensor.Tests.Alerts;

public class EventPumpTests
{
    private const string Marker = "MARKER-OF-PAYLOAD-7f3a";

    private sealed class Collector : IEventConsumer
    {
        public List<(EventKind Kind, string Json, AlertRecord? Alert)> Events { get; } = [];

        public int Flushes { get; private set; }

        public string Name => "collector";

        public void Consume(scoped in SensorEvent happened) => Events.Add((happened.Header.Kind, Encoding.UTF8.GetString(happened.Json), happened.Alert));

        public void Flush() => Flushes++;
    }

    private sealed class Thrower : IEventConsumer
    {
        public string Name => "thrower";

        public void Consume(scoped in SensorEvent happened) => throw new InvalidOperationException("on purpose");

        public void Flush() { }
    }

    internal static AlertRecordBuilder Builder(LossLedger ledger = default) =>
        new(HomeNetworks.Default, new LossMeter(() => ledger, TimeProvider.System), TimeProvider.System, "eth0");

    private static void Alert(EventScene scene, ReputationEntry? listed = null, bool fromServer = false)
    {
        Flow flow = scene.Connect();
        TestTransaction transaction = scene.Speak(flow, host: "c2.example", url: "/gate.php");
        transaction.Body = Encoding.ASCII.GetBytes(Marker);
        byte[] payload = Encoding.ASCII.GetBytes("GET / " + Marker);
        byte[] frame = fromServer
            ? FrameBuilder.Tcp(EventScene.Server, 80, EventScene.Client, 50000, 2, 2, FrameBuilder.Ack, payload)
            : FrameBuilder.Tcp(EventScene.Client, 50000, EventScene.Server, 80, 2, 2, FrameBuilder.Ack, payload);
        scene.Frame(frame, (Flow? same, ref Sensor.Decode.PacketView packet, Direction direction) =>
            scene.Writer.Report(new RuleMatch { Rule = EventScene.SampleRule, Direction = direction, Transaction = transaction, Protocol = scene.Protocol, Listed = listed }, same, ref packet));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_alert_record_names_device_class_and_what_to_do(bool fromServer)
    {
        using var scene = new EventScene();
        var collector = new Collector();
        using var pump = new EventPump(scene.Queue, Builder(new LossLedger(100, 1, 2, 3, 0, 4, 90)), "box-1", [collector], (_, error) => throw error);
        Alert(scene, fromServer: fromServer);
        pump.DrainOnce();
        AlertRecord alert = Assert.Single(collector.Events).Alert!;
        Assert.Equal(("192.168.1.10", "203.0.113.5"), (alert.Device.ToString(), alert.Remote.ToString()));
        Assert.Equal((ThreatClass.CommandAndControl, Severity.High, "command-and-control", "high"), (alert.ThreatClass, alert.Severity, alert.Stage, alert.Confidence));
        Assert.Equal(("c2.example", "/gate.php", "TEST \"C2\" 試験"), (alert.HostName, alert.Url, alert.Signature));
        Assert.Equal((10, 10, 100), (alert.Loss.LostLastMinute, alert.Loss.LostSinceStart, alert.Loss.SeenSinceStart));
        Assert.StartsWith("1:", alert.CommunityId, StringComparison.Ordinal);
        Assert.Contains("c2.example", alert.WhatHappened.Japanese, StringComparison.Ordinal);
        Assert.Contains("192.168.1.10", alert.WhatToDo.English, StringComparison.Ordinal);
        Assert.True(alert.Id > 0);
        Assert.Equal("allowed", alert.Action);
    }

    [SharedFact]
    public void The_sensors_own_object_stands_in_the_one_place_the_schema_allows()
    {
        JsonSchema schema = JsonSchema.Load(SharedMaterial.Path("vectors", "eve", "schema.json"));
        using var scene = new EventScene();
        var collector = new Collector();
        using var pump = new EventPump(scene.Queue, Builder(), "box-1", [collector], (_, error) => throw error);
        Alert(scene, new ReputationEntry("list-1", "botnet", "c2.example", "host", "c2", 7, "high"));
        scene.Flows.EndAll(FlowEndReason.Shutdown);
        pump.DrainOnce();
        Assert.Equal([EventKind.Alert, EventKind.Flow], collector.Events.Select(one => one.Kind));
        foreach ((_, string json, _) in collector.Events) Assert.Empty(schema.Check(JsonDocument.Parse(json).RootElement));

        JsonElement own = JsonDocument.Parse(collector.Events[0].Json).RootElement.GetProperty("alert").GetProperty("context").GetProperty("sensor");
        Assert.Equal("box-1", own.GetProperty("sensor_id").GetString());
        Assert.Equal(("c2", 9, "High"), (own.GetProperty("threat_class").GetString(), own.GetProperty("threat_class_id").GetInt32(), own.GetProperty("severity_label").GetString()));
        Assert.Equal("""{"list":"list-1","category":"botnet","entry":"c2.example","kind":"host"}""", own.GetProperty("blacklist").GetRawText());
        Assert.Contains("保守窓口", own.GetProperty("what_to_do").GetProperty("ja").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Payload_never_reaches_records_spool_or_store_bytes()
    {
        byte[] marker = Encoding.ASCII.GetBytes(Marker);
        // Even with every payload field switched on for the local file.
        using var scene = new EventScene(new EventWriterOptions { Payload = true, PayloadPrintable = true, Packet = true, PacketNumbers = true });
        var collector = new Collector();
        var disk = new SimulatedDisk();
        using (AlertSpool spool = AlertSpool.Open(() => disk))
        {
            var incidents = new IncidentConsumer(new IncidentTracker(new IncidentOptions()), incident => spool.Append(incident));
            using var pump = new EventPump(scene.Queue, Builder(), "box", [collector, incidents, new SpoolConsumer(spool)], (_, error) => throw error);
            for (int i = 0; i < 5; i++) Alert(scene, fromServer: i % 2 == 0);
            pump.DrainOnce();
            Assert.True(spool.Status.DurableThrough > 5);
        }

        Assert.Contains(Marker, collector.Events[0].Json, StringComparison.Ordinal);
        foreach (string name in disk.List()) Assert.Equal(-1, disk[name].AsSpan().IndexOf(marker));
        foreach ((_, _, AlertRecord? alert) in collector.Events) Assert.Equal(-1, AlertRecordCodec.Encode(alert!).AsSpan().IndexOf(marker));
    }

    [Fact]
    public void A_consumer_that_throws_is_reported_and_harms_nobody_else()
    {
        var reported = new List<string>();
        using var scene = new EventScene();
        var collector = new Collector();
        using var pump = new EventPump(scene.Queue, Builder(), "box", [new Thrower(), collector], (name, _) => reported.Add(name));
        Alert(scene);
        scene.Flows.EndAll(FlowEndReason.Shutdown);
        pump.DrainOnce();
        Assert.Equal(2, collector.Events.Count);
        Assert.Equal(["thrower"], reported);
        Assert.Equal(2, pump.Failures);
    }

    [Fact]
    public void Stopping_the_thread_handles_everything_queued()
    {
        using var scene = new EventScene();
        var collector = new Collector();
        using var pump = new EventPump(scene.Queue, Builder(), "box", [collector], (_, error) => throw error);
        pump.Start();
        for (int i = 0; i < 20; i++) Alert(scene);
        pump.Stop();
        Assert.Equal(20, collector.Events.Count);
        Assert.Equal(collector.Events.Select(one => one.Alert!.Id).Order(), collector.Events.Select(one => one.Alert!.Id));
        Assert.True(collector.Flushes > 0);
    }

    [Fact]
    public void Alerts_become_incidents_that_say_what_to_do()
    {
        var incidents = new List<IncidentRecord>();
        using var scene = new EventScene();
        using var pump = new EventPump(
            scene.Queue, Builder(), "box", [new IncidentConsumer(new IncidentTracker(new IncidentOptions()), incidents.Add)], (_, error) => throw error);
        for (int i = 0; i < 2; i++) Alert(scene);
        pump.DrainOnce();
        Assert.Equal([1, 2], incidents.Select(incident => incident.Revision));
        Assert.Equal("192.168.1.10", incidents[1].Device.ToString());
        Assert.Equal("機器 192.168.1.10 に関する 2 件の警告は、ひとつながりの攻撃とみられます。これまでに確認された段階：外部からの操作。", incidents[1].Summary.Japanese);
        Assert.Contains("Disconnect 192.168.1.10", incidents[1].WhatToDo.English, StringComparison.Ordinal);
    }

    [Fact]
    public void Loss_during_the_last_minute_is_told_from_loss_since_the_start()
    {
        var clock = new ManualClock();
        LossLedger ledger = default;
        var meter = new LossMeter(() => ledger, clock);
        for (int second = 0; second <= 200; second += 10)
        {
            ledger = ledger with { Seen = second * 100, KernelDropped = second };
            LossStamp stamp = meter.Stamp();
            Assert.Equal(second, stamp.LostSinceStart);
            Assert.InRange(stamp.LostLastMinute, Math.Min(second, 50), Math.Min(second, 70));
            clock.Advance(TimeSpan.FromSeconds(10));
        }

        clock.Advance(TimeSpan.FromMinutes(10));
        meter.Stamp();
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(0, meter.Stamp().LostLastMinute);
    }

    private sealed class ManualClock : TimeProvider
    {
        private long _ticks = TimeSpan.TicksPerDay;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;

        public override long GetTimestamp() => _ticks;
    }
}
