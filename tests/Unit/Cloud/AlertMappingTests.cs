using System.Collections;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Sensor.Alerts;
using Sensor.Alerts.Spool;
using Sensor.Cloud;
using Sensor.Primitives;
using Sensor.Wire;

namespace Sensor.Tests.Cloud;

/// <summary>What leaves the box: the declared fields, and nothing else.</summary>
public sealed class AlertMappingTests
{
    private const string Marker = "MARKER-BYTES-OF-A-PAYLOAD";

    private static readonly AlertRecord Full = new()
    {
        Id = 42,
        Time = PacketTime.FromUnix(1_700_000_000, 123),
        Raised = PacketTime.FromUnix(1_700_000_001, 0),
        Gid = 1,
        Sid = 7000801,
        Revision = 3,
        Signature = "SENSOR C2",
        Category = "A Network Trojan",
        ClassType = "trojan-activity",
        Priority = 1,
        Action = "allowed",
        ThreatClass = ThreatClass.CommandAndControl,
        Severity = Sensor.Primitives.Severity.High,
        Stage = "command-and-control",
        Confidence = "high",
        FlowId = 77,
        PacketNumber = 5,
        CommunityId = "1:abc=",
        Interface = "eth1",
        Source = IpAddress.Parse("192.0.2.10"),
        SourcePort = 50000,
        Destination = IpAddress.Parse("2001:db8::7"),
        DestinationPort = 443,
        IpProtocol = 6,
        Protocol = "TCP",
        AppProtocol = "tls",
        Vlan = 12,
        SourceMac = 0x0200_5E00_5301,
        DestinationMac = 0,
        Device = IpAddress.Parse("192.0.2.10"),
        Remote = IpAddress.Parse("2001:db8::7"),
        HostName = "c2.example",
        Url = "http://c2.example/gate",
        FileName = "x.exe",
        Blacklist = new BlacklistHit("own", "c2", "c2.example", "host"),
        ClassName = new Sensor.Alerts.LocalizedText("C&C通信", "C&C"),
        WhatHappened = new Sensor.Alerts.LocalizedText("起きた", "happened"),
        WhatToDo = new Sensor.Alerts.LocalizedText("隔離する", "isolate it"),
        Loss = new Sensor.Alerts.LossStamp(1, 2, 3),
    };

    [Fact]
    public void Every_declared_fact_arrives()
    {
        Alert wire = Alert.Parser.ParseFrom(AlertMapping.ToWire(Full, 9).ToByteArray());
        Assert.Equal(9ul, wire.Sequence);
        Assert.Equal(42ul, wire.RecordId);
        Assert.Equal(1_700_000_000_000_000_123, wire.PacketTimeNs);
        Assert.Equal(1_700_000_001_000_000_000, wire.DetectedTimeNs);
        Assert.Equal((1ul, 7000801ul, 3u), (wire.Gid, wire.Sid, wire.Rev));
        Assert.Equal("c2", wire.ThreatClass);
        Assert.Equal(Wire.Severity.High, wire.Severity);
        Assert.Equal("192.0.2.10", wire.Source.Ip);
        Assert.Equal("02:00:5e:00:53:01", wire.Source.Mac);
        Assert.Equal("2001:db8::7", wire.Destination.Ip);
        Assert.Equal("", wire.Destination.Mac);
        Assert.Equal("c2.example", wire.Host);
        Assert.Equal("own", wire.List.List);
        Assert.Equal("host", wire.List.Kind);
        Assert.Equal("隔離する", wire.WhatToDo.Ja);
        Assert.Equal("isolate it", wire.WhatToDo.En);
        Assert.Equal(3ul, wire.Loss.SeenSinceStart);
    }

    [Fact]
    public void No_message_has_a_field_that_could_carry_payload()
    {
        string[] forbidden = ["payload", "body", "content", "packet_data", "raw", "printable", "file_data"];
        foreach (MessageDescriptor message in PortalReflection.Descriptor.MessageTypes)
        {
            foreach (FieldDescriptor field in message.Fields.InDeclarationOrder())
            {
                Assert.True(field.FieldType != FieldType.Bytes, $"{message.Name}.{field.Name} is of type bytes");
                Assert.DoesNotContain(forbidden, word => field.Name.Contains(word, StringComparison.OrdinalIgnoreCase));
            }
        }
    }

    /// <summary>
    /// A record of a later version of the box, with payload in fields of its own, sits in the spool: its bytes must stop
    /// at the mapping.
    /// </summary>
    [Fact]
    public void Bytes_outside_the_list_do_not_leave_the_box()
    {
        string folder = Directory.CreateTempSubdirectory("spool").FullName;
        try
        {
            using AlertSpool spool = AlertSpool.Open(folder);
            byte[] record = AlertRecordCodec.Encode(Full);
            foreach (byte unknownTag in new byte[] { 200, 201, 255 }) record = [.. record, unknownTag, (byte)Marker.Length, .. Encoding.ASCII.GetBytes(Marker)];
            Assert.True(spool.Append(SpoolRecordKind.Alert, Sensor.Primitives.Severity.High, record));
            Assert.True(spool.Flush());
            Assert.Contains(Marker, Encoding.Latin1.GetString(spool.ReadBatch(1, 100_000).Records[0].Payload.Span), StringComparison.Ordinal);

            SpoolUploadSource source = new(spool);
            UploadItem item = Assert.Single(source.Read(source.Window.First, source.Window.Next, 10, 100_000).Items);
            Assert.Equal(42ul, item.Alert!.RecordId);
            Assert.DoesNotContain(Marker, Encoding.Latin1.GetString(item.Alert.ToByteArray()), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Whoever adds a property to the record is asked here whether it may leave the box.</summary>
    [Fact]
    public void The_record_has_the_properties_that_were_judged()
    {
        string[] judged =
        [
            "Id", "Time", "Raised", "Gid", "Sid", "Revision", "Signature", "Category", "ClassType", "Priority", "Action", "ThreatClass", "Severity", "Stage", "Confidence",
            "FlowId", "PacketNumber", "TransactionId", "CommunityId", "Interface", "Source", "SourcePort", "Destination", "DestinationPort", "IpProtocol", "Protocol",
            "AppProtocol", "Vlan", "SourceMac", "DestinationMac", "Device", "Remote", "HostName", "Url", "FileName", "Blacklist", "ClassName", "WhatHappened", "WhatToDo", "Loss",
            "HttpMethod", "UserAgent", "Ja3", "Ja4", "FileType", "FileSha256", "FileSize", "References",
        ];
        string[] properties = [.. typeof(AlertRecord).GetProperties().Where(one => one.Name != "EqualityContract").Select(one => one.Name)];
        Assert.Equal(judged.Order(), properties.Order());
        // References are the rule's own text, not bytes from the wire.
        Assert.DoesNotContain(typeof(AlertRecord).GetProperties(), one => one.Name != "References" && one.PropertyType != typeof(string) && typeof(IEnumerable).IsAssignableFrom(one.PropertyType));
    }

    [Fact]
    public void Long_hostile_texts_are_cut_between_characters()
    {
        AlertRecord hostile = Full with { Url = new string('a', AlertMapping.MaximumText - 1) + "\U0001F600" + new string('b', 100_000), Signature = "lone \uD800 half" };
        Alert wire = Alert.Parser.ParseFrom(AlertMapping.ToWire(hostile, 1).ToByteArray());
        Assert.Equal(AlertMapping.MaximumText - 1, wire.Url.Length);
        Assert.Equal("lone \uFFFD half", wire.Signature);
    }

    [Fact]
    public void A_record_nobody_can_read_is_passed_over()
    {
        string folder = Directory.CreateTempSubdirectory("spool").FullName;
        try
        {
            using AlertSpool spool = AlertSpool.Open(folder);
            spool.Append(SpoolRecordKind.Alert, Sensor.Primitives.Severity.High, [0xFF, 1, 2, 3]);
            spool.Append(Full);
            spool.Append(new IncidentRecord { Id = 5, Revision = 2, IsOpen = true, Stages = ["delivery"], Classes = [ThreatClass.Tor], AlertIds = [42], AlertCount = 1 });
            spool.Flush();
            SpoolUploadSource source = new(spool);
            Assert.Equal(3, source.Waiting);
            IReadOnlyList<UploadItem> items = source.ReadOldest(10, 100_000).Items;
            Assert.Equal([(false, false), (true, false), (false, true)], items.Select(item => (item.Alert is not null, item.Incident is not null)));
            Assert.Equal(["tor"], items[2].Incident!.ThreatClasses);
            source.Acknowledge(source.Window.Epoch, items[0].Sequence);
            Assert.Equal(Full.Raised.ToDateTimeOffset(), source.OldestWaiting);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
