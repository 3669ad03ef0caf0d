using System.Text;
using System.Text.Json;
using Sensor.Alerts;
using Sensor.Alerts.Eve;
using Sensor.Decode;
using Sensor.Detection;
using Sensor.Files;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Tests.Support.Traffic;

namespace Sensor.Tests.Alerts;

public class EventWriterTests
{
    private static readonly EventWriterOptions Everything = new()
    {
        PacketNumbers = true,
        Ethernet = true,
        Interface = "eth0",
        Payload = true,
        PayloadPrintable = true,
        Packet = true,
        RuleText = true,
        Verdict = true,
        Drops = true,
    };

    private static string Compact(JsonElement json, params string[] names) =>
        string.Join(' ', names.Select(name => json.TryGetProperty(name, out JsonElement value) ? $"{name}={value}" : $"{name}?"));

    private static void Alert(EventScene scene, byte[] frame, Transaction? transaction = null, Rule? rule = null, Direction? seen = null, Verdict verdict = Verdict.Alert) =>
        scene.Frame(frame, (Flow? flow, ref PacketView packet, Direction direction) =>
        {
            var match = new RuleMatch
            {
                Rule = rule ?? EventScene.SampleRule,
                Direction = seen ?? direction,
                Transaction = transaction,
                Protocol = transaction is null ? null : scene.Protocol,
                Verdict = verdict,
            };
            if (flow is not null) flow.Alerted = true;
            scene.Writer.Report(match, flow, ref packet);
        });

    private static byte[] Data(string payload, bool fromServer = false) => fromServer
        ? FrameBuilder.Tcp(EventScene.Server, 80, EventScene.Client, 50000, 2, 2, FrameBuilder.Ack, Encoding.ASCII.GetBytes(payload))
        : FrameBuilder.Tcp(EventScene.Client, 50000, EventScene.Server, 80, 2, 2, FrameBuilder.Ack, Encoding.ASCII.GetBytes(payload));

    [Fact]
    public void An_alert_says_who_what_and_in_which_flow()
    {
        using var scene = new EventScene(Everything);
        Flow flow = scene.Connect();
        TestTransaction transaction = scene.Speak(flow);
        Alert(scene, Data("GET / HTTP/1.1\r\n\u0001"), transaction);
        (EventHeader header, JsonElement json) = Assert.Single(scene.Records());

        Assert.Equal(
            $"timestamp=2023-11-14T22:13:20.004000+0000 flow_id={flow.Id} in_iface=eth0 pcap_cnt=4 event_type=alert src_ip=192.168.1.10 src_port=50000 dest_ip=203.0.113.5 dest_port=80 proto=TCP ip_v=4 pkt_src=wire/pcap tx_id=0 app_proto=http direction=to_server stream=0",
            Compact(json, "timestamp", "flow_id", "in_iface", "pcap_cnt", "event_type", "src_ip", "src_port", "dest_ip", "dest_port", "proto", "ip_v", "pkt_src", "tx_id", "app_proto", "direction", "stream"));
        JsonElement alert = json.GetProperty("alert");
        Assert.Equal(
            "action=allowed gid=1 signature_id=9000001 rev=3 signature=TEST \"C2\" 試験 category=Malware Command and Control Activity Detected severity=1",
            Compact(alert, "action", "gid", "signature_id", "rev", "signature", "category", "severity"));
        Assert.Equal("""{"threat_class":["c2"],"confidence":["High"],"created_at":["2026_01_01","2026_01_02"]}""", alert.GetProperty("metadata").GetRawText());
        Assert.Equal("https://example.org/a", alert.GetProperty("references")[0].GetString());
        Assert.Equal("site.example", json.GetProperty("http").GetProperty("hostname").GetString());
        Assert.Equal(
            "pkts_toserver=3 pkts_toclient=1 src_ip=192.168.1.10 dest_ip=203.0.113.5 src_port=50000 dest_port=80 start=2023-11-14T22:13:20.001000+0000",
            Compact(json.GetProperty("flow"), "pkts_toserver", "pkts_toclient", "src_ip", "dest_ip", "src_port", "dest_port", "start"));
        Assert.Equal("02:00:00:00:00:01", json.GetProperty("ether").GetProperty("src_mac").GetString());
        Assert.Equal("GET / HTTP/1.1\r\n.", json.GetProperty("payload_printable").GetString());
        Assert.Equal("GET / HTTP/1.1\r\n\u0001", Encoding.ASCII.GetString(json.GetProperty("payload").GetBytesFromBase64()));
        Assert.Equal(1, json.GetProperty("packet_info").GetProperty("linktype").GetInt32());
        Assert.StartsWith("1:", json.GetProperty("community_id").GetString(), StringComparison.Ordinal);
        Assert.Equal((EventKind.Alert, EventRank.High, EventScene.SampleRule), (header.Kind, header.Rank, header.Rule));
        Assert.Equal((0x0200_0000_0001UL, 0x0200_0000_0002UL), (header.SourceMac, header.DestinationMac));
    }

    [Fact]
    public void A_match_on_what_the_other_side_sent_turns_the_ends_round()
    {
        using var scene = new EventScene();
        scene.Connect();
        Alert(scene, Data("x"), seen: Direction.ToClient);
        JsonElement json = Assert.Single(scene.Records()).Json;
        Assert.Equal("src_ip=203.0.113.5 src_port=80 dest_ip=192.168.1.10 dest_port=50000 direction=to_client", Compact(json, "src_ip", "src_port", "dest_ip", "dest_port", "direction"));
        Assert.Equal("02:00:00:00:00:02", json.GetProperty("ether").GetProperty("src_mac").GetString());
    }

    [Fact]
    public void Target_names_the_victim_and_blocking_only_counts_on_a_bridge()
    {
        var rule = new Rule { Sid = 1, Message = "m"u8.ToArray(), Target = "dest_ip" };
        using (var scene = new EventScene())
        {
            scene.Connect();
            Alert(scene, Data("x"), rule: rule, verdict: Verdict.Drop);
            JsonElement alert = Assert.Single(scene.Records()).Json.GetProperty("alert");
            Assert.Equal("""{"ip":"192.168.1.10","port":50000}""", alert.GetProperty("source").GetRawText());
            Assert.Equal("""{"ip":"203.0.113.5","port":80}""", alert.GetProperty("target").GetRawText());
            Assert.Equal("allowed", alert.GetProperty("action").GetString());
        }

        using var bridge = new EventScene(Everything with { Inline = true });
        bridge.Connect();
        Alert(bridge, Data("x"), rule: rule, verdict: Verdict.Drop);
        JsonElement json = Assert.Single(bridge.Records()).Json;
        Assert.Equal("blocked", json.GetProperty("alert").GetProperty("action").GetString());
        Assert.Equal("drop", json.GetProperty("verdict").GetProperty("action").GetString());
    }

    [Fact]
    public void Ipv6_is_never_shortened_and_icmp_shows_type_and_code()
    {
        using var scene = new EventScene();
        byte[] echo = [128, 0, 0, 0, 0, 1, 0, 1];
        byte[] frame = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x86, 0xDD, .. FrameBuilder.Ip(EventScene.Client6.Ip, EventScene.Server6.Ip, 58, echo, 64)];
        Alert(scene, frame);
        JsonElement json = Assert.Single(scene.Records()).Json;
        Assert.Equal(
            "src_ip=fd00:0000:0000:0000:0000:0000:0000:0010 dest_ip=2001:0db8:0000:0000:0000:0000:0000:0005 proto=IPv6-ICMP ip_v=6 icmp_type=128 icmp_code=0 src_port?",
            Compact(json, "src_ip", "dest_ip", "proto", "ip_v", "icmp_type", "icmp_code", "src_port"));
    }

    [Fact]
    public void A_packet_in_a_tunnel_shows_the_packet_around_it()
    {
        using var scene = new EventScene();
        byte[] inner = FrameBuilder.Ip(IpAddress.Parse("10.1.0.3"), IpAddress.Parse("10.1.0.4"), 17, [0, 53, 0, 53, 0, 8, 0, 0], 64);
        byte[] frame = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, .. FrameBuilder.Ip(IpAddress.Parse("10.1.0.1"), IpAddress.Parse("10.1.0.2"), 4, inner, 64)];
        scene.Frame(frame, (Flow? flow, ref PacketView packet, Direction direction) =>
            scene.Writer.Report(new RuleMatch { Rule = EventScene.SampleRule, Direction = direction }, flow, ref packet));
        List<(EventHeader Header, JsonElement Json)> records = scene.Records();
        Assert.Equal("proto=IP-in-IP pkt_src=wire/pcap tunnel?", Compact(records[0].Json, "proto", "pkt_src", "tunnel"));
        Assert.Equal("src_ip=10.1.0.3 proto=UDP pkt_src=ipv4 tunnel", Compact(records[1].Json, "src_ip", "proto", "pkt_src"));
        Assert.Equal("src_ip=10.1.0.1 dest_ip=10.1.0.2 proto=IP-in-IP depth=1", Compact(records[1].Json.GetProperty("tunnel"), "src_ip", "dest_ip", "proto", "depth"));
    }

    [Fact]
    public void A_flow_record_counts_names_and_tells_why_it_ended()
    {
        using var scene = new EventScene();
        Flow flow = scene.Connect("answer");
        flow.Transport = new Sensor.Streams.TcpSession { ToServer = new(), ToClient = new() };
        scene.Speak(flow);
        flow.Alerted = true;
        long id = flow.Id;
        scene.Flows.EndAll(FlowEndReason.Shutdown);
        (EventHeader header, JsonElement json) = Assert.Single(scene.Records());
        Assert.Equal(EventKind.Flow, header.Kind);
        Assert.Equal($"event_type=flow flow_id={id} src_ip=192.168.1.10 dest_port=80 proto=TCP app_proto=http pkt_src? pcap_cnt?", Compact(json, "event_type", "flow_id", "src_ip", "dest_port", "proto", "app_proto", "pkt_src", "pcap_cnt"));
        Assert.Equal(
            "pkts_toserver=2 pkts_toclient=2 start=2023-11-14T22:13:20.001000+0000 end=2023-11-14T22:13:20.004000+0000 age=0 state=new reason=shutdown alerted=True",
            Compact(json.GetProperty("flow"), "pkts_toserver", "pkts_toclient", "start", "end", "age", "state", "reason", "alerted"));
        Assert.Equal("tcp_flags=1a tcp_flags_ts=12 tcp_flags_tc=1a syn=True psh=True ack=True fin?", Compact(json.GetProperty("tcp"), "tcp_flags", "tcp_flags_ts", "tcp_flags_tc", "syn", "psh", "ack", "fin"));
        Assert.Equal("02:00:00:00:00:01", json.GetProperty("ether").GetProperty("src_macs")[0].GetString());
    }

    [Fact]
    public void A_finished_transaction_is_written_once_and_seen_from_the_client()
    {
        using var scene = new EventScene();
        Flow flow = scene.Connect();
        TestTransaction open = scene.Speak(flow, host: "open.example");
        open.ResponseProgress = 1;
        scene.Speak(flow, host: "done.example");
        for (int i = 0; i < 2; i++)
        {
            scene.Frame(Data("answer", fromServer: true), (Flow? same, ref PacketView packet, Direction direction) =>
                scene.Writer.WriteTransactions(same!, ref packet, direction, flowEnds: false));
        }

        (EventHeader header, JsonElement json) = Assert.Single(scene.Records());
        Assert.Equal("event_type=http src_ip=192.168.1.10 dest_port=80 tx_id=1 pcap_cnt=4", Compact(json, "event_type", "src_ip", "dest_port", "tx_id", "pcap_cnt"));
        Assert.Equal((EventKind.Transaction, 1L, "http"), (header.Kind, header.TransactionId, header.AppProtocol));

        scene.Frame(Data(""), (Flow? same, ref PacketView packet, Direction direction) => scene.Writer.WriteTransactions(same!, ref packet, direction, flowEnds: true));
        Assert.Equal("open.example", Assert.Single(scene.Records()).Json.GetProperty("http").GetProperty("hostname").GetString());
    }

    [SharedFact]
    public void A_file_is_told_once_from_its_senders_side_and_named_in_alerts()
    {
        JsonSchema schema = JsonSchema.Load(SharedMaterial.Path("vectors", "eve", "schema.json"));
        using var scene = new EventScene();
        using var tracker = new FileTracker(new FileTrackerOptions { Hashes = FileHashes.Md5 | FileHashes.Sha256 });
        Flow flow = scene.Connect();
        TestTransaction transaction = scene.Speak(flow);
        int handle = tracker.Open(flow, transaction, Direction.ToClient, "evil.exe"u8, flow.LastSeen);
        tracker.Append(handle, "MZ content"u8);
        EventScene.PacketAction write = (Flow? same, ref PacketView packet, Direction direction) => scene.Writer.WriteTransactions(same!, ref packet, direction, flowEnds: false);
        transaction.Logged = true;
        scene.Frame(Data("x"), write);
        Assert.Empty(scene.Records());
        tracker.Close(handle, complete: true, flow.LastSeen);
        for (int i = 0; i < 2; i++) scene.Frame(Data("x"), write);
        Alert(scene, Data("x", fromServer: true), transaction);

        List<(EventHeader Header, JsonElement Json)> records = scene.Records();
        Assert.Equal([EventKind.File, EventKind.Alert], records.Select(record => record.Header.Kind));
        Assert.Equal("event_type=fileinfo src_ip=203.0.113.5 dest_port=50000 app_proto=http", Compact(records[0].Json, "event_type", "src_ip", "dest_port", "app_proto"));
        Assert.Equal("filename=evil.exe state=CLOSED size=10 tx_id=0 gaps=False", Compact(records[0].Json.GetProperty("fileinfo"), "filename", "state", "size", "tx_id", "gaps"));
        Assert.Equal("evil.exe", records[1].Json.GetProperty("files")[0].GetProperty("filename").GetString());
        Assert.Empty(schema.Check(records[0].Json));
        AlertRecord alert = EventPumpTests.Builder().Build(records[1].Header, scene.LastDetails);
        Assert.Equal(("evil.exe", 10L, 64), (alert.FileName, alert.FileSize, alert.FileSha256.Length));
    }

    [SharedFact]
    public void Stats_nest_by_their_dotted_names_and_fit_the_schema()
    {
        using var scene = new EventScene();
        var writer = new StatsWriter(scene.Queue, "eth0");
        Assert.True(writer.Write(
            PacketTime.FromUnix(EventScene.StartSeconds, 0),
            TimeSpan.FromSeconds(61.5),
            [.. StatsWriter.Of(new LossLedger(100, 1, 2, 3, 4, 5, 85)), new("decoder.bytes", 6), new("decoder.bytes", 7), new("detect.alert", 8), new("flow.active", 9)]));
        (EventHeader header, JsonElement json) = Assert.Single(scene.Records());
        Assert.Equal(EventKind.Stats, header.Kind);
        Assert.Empty(JsonSchema.Load(SharedMaterial.Path("vectors", "eve", "schema.json")).Check(json));
        Assert.Equal(
            """{"uptime":61,"capture":{"kernel_packets":100,"kernel_drops":10,"kernel_ifdrops":1},"decoder":{"pkts":89,"invalid":4,"bytes":13},"detect":{"alert":8},"flow":{"active":9}}""",
            json.GetProperty("stats").GetRawText());
    }

    [Fact]
    public void Each_anomaly_is_written_once_with_its_layer()
    {
        using var scene = new EventScene();
        Flow flow = scene.Connect();
        scene.Speak(flow).Events.Add(0);
        var session = (AppSession)flow.Application!;
        session.Events.Add((int)AppLayerEvent.DetectProtocolOnlyOneDirection);
        session.Parser!.Events.Add(1);
        for (int i = 0; i < 2; i++)
        {
            scene.Frame(Data("x"), (Flow? same, ref PacketView packet, Direction direction) =>
            {
                if (i == 0) packet.Raise((DecodeEvent)1);
                scene.Writer.WriteDecodeAnomalies(ref packet, same, direction);
                scene.Writer.WriteTransactions(same!, ref packet, direction, flowEnds: false);
            });
        }

        List<JsonElement> anomalies = [.. scene.Records().Where(record => record.Header.Kind == EventKind.Anomaly).Select(record => record.Json.GetProperty("anomaly"))];
        Assert.Equal(
            [
                $"type=decode event=decoder.{DecodeEventNames.Name((DecodeEvent)1)} layer? app_proto?",
                "type=applayer event=APPLAYER_DETECT_PROTOCOL_ONLY_ONE_DIRECTION layer=proto_detect app_proto=http",
                "type=applayer event=UNABLE_TO_MATCH_RESPONSE_TO_REQUEST layer=proto_parser app_proto=http",
                "type=applayer event=REQUEST_LINE_MISSING_PROTOCOL layer=proto_parser app_proto=http",
            ],
            anomalies.Select(anomaly => Compact(anomaly, "type", "event", "layer", "app_proto")));
        scene.Flows.EndAll(FlowEndReason.Shutdown);
        Assert.Null(flow.Records);
    }

    [Fact]
    public void Hostile_bytes_in_names_stay_valid_json()
    {
        using var scene = new EventScene(Everything);
        Flow flow = scene.Connect();
        TestTransaction transaction = scene.Speak(flow, host: "\u00ff\u0000\"\\\u0080{}\n", url: new string('é', 3000));
        Alert(scene, Data("\u0000\"\\"), transaction);
        JsonElement json = Assert.Single(scene.Records()).Json;
        Assert.Equal("..\"\\"[1..], json.GetProperty("payload_printable").GetString());
        Assert.NotEmpty(json.GetProperty("http").GetProperty("hostname").GetString()!);
    }

    [SharedFact]
    public void Every_kind_of_record_fits_the_published_schema()
    {
        JsonSchema schema = JsonSchema.Load(SharedMaterial.Path("vectors", "eve", "schema.json"));
        using var scene = new EventScene(Everything with { Inline = true, GuessTransaction = true });
        Flow flow = scene.Connect("answer");
        flow.MidstreamPolicy = ExceptionPolicy.DropFlow;
        TestTransaction transaction = scene.Speak(flow);
        transaction.Events.Add(0);
        Alert(scene, Data("payload"), transaction, verdict: Verdict.Reject);
        Alert(scene, Data("payload"));
        byte[] vlan = Data("x");
        vlan = [.. vlan[..12], 0x81, 0, 0, 12, .. vlan[12..]];
        Alert(scene, vlan);
        Alert(scene, FrameBuilder.IcmpEcho(EventScene.Client, EventScene.Server, 8, 1, 1, "data"u8));
        scene.Frame(Data("x"), (Flow? same, ref PacketView packet, Direction direction) =>
        {
            packet.Raise((DecodeEvent)1);
            scene.Writer.WriteDecodeAnomalies(ref packet, same, direction);
            scene.Writer.WriteStreamAnomalies(packet.Events, ref packet, same, direction);
            scene.Writer.WriteTransactions(same!, ref packet, direction, flowEnds: true);
            scene.Writer.WriteDrop(ref packet, same, direction, "rules");
        });
        scene.Frame(FrameBuilder.Udp(EventScene.Client6, 1, EventScene.Server6, 2, "x"u8), (Flow? same, ref PacketView packet, Direction direction) =>
            scene.Writer.WriteDrop(ref packet, same, direction, "flow drop"));
        scene.Flows.EndAll(FlowEndReason.Timeout);

        var kinds = new HashSet<EventKind>();
        foreach ((EventHeader header, JsonElement json) in scene.Records())
        {
            kinds.Add(header.Kind);
            // Waiting for the event thread; the finished object is checked in EventPumpTests.
            Assert.DoesNotContain(schema.Check(json), problem => !problem.Contains("context", StringComparison.Ordinal));
        }

        Assert.Equal(new HashSet<EventKind> { EventKind.Alert, EventKind.Flow, EventKind.Transaction, EventKind.Anomaly, EventKind.Drop }, kinds);
        JsonElement wrong = JsonDocument.Parse("""{"timestamp":"yesterday","event_type":"alert","alert":{"gid":"1","vendor":2}}""").RootElement;
        Assert.Equal(3, schema.Check(wrong).Count);
    }

    [Fact]
    public void Writing_allocates_nothing_once_warm()
    {
        using var scene = new EventScene(Everything with { GuessTransaction = true });
        Flow flow = scene.Connect("answer");
        TestTransaction transaction = scene.Speak(flow);
        byte[] frame = Data("payload");
        byte[] buffer = new byte[64 * 1024];
        long allocated = 0;
        EventScene.PacketAction write = (Flow? same, ref PacketView packet, Direction direction) =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            transaction.Logged = false;
            transaction.ReportedEvents.Clear();
            packet.Raise((DecodeEvent)1);
            scene.Writer.Report(new RuleMatch { Rule = EventScene.SampleRule, Direction = direction, Transaction = transaction, Protocol = scene.Protocol }, same, ref packet);
            scene.Writer.WriteDecodeAnomalies(ref packet, same, direction);
            scene.Writer.WriteTransactions(same!, ref packet, direction, flowEnds: false);
            scene.Writer.WriteDrop(ref packet, same, direction, "rules");
            scene.Writer.WriteFlow(same!, packet.Time);
            while (scene.Queue.TryRead(out _, ref buffer)) { }
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        };
        transaction.Events.Add(0);
        for (int i = 0; i < 200; i++) scene.Frame(frame, write);
        Assert.Equal(0, allocated);
    }
}
