using Sensor.Alerts;
using Sensor.Primitives;

namespace Sensor.Tests.Alerts;

public class RecordCodecTests
{
    internal static AlertRecord Sample { get; } = new()
    {
        Id = 1_700_000_000_000_001,
        Time = PacketTime.FromUnix(1_700_000_000, 123_456_000),
        Gid = 1,
        Sid = 9_000_009,
        Revision = 2,
        Signature = "C2 日本語",
        Category = "Malware Command and Control Activity Detected",
        ClassType = "command-and-control",
        Priority = 1,
        Action = "allowed",
        ThreatClass = ThreatClass.CommandAndControl,
        Severity = Severity.High,
        Stage = "command-and-control",
        Confidence = "high",
        FlowId = 123456789012345,
        PacketNumber = 17,
        TransactionId = 0,
        CommunityId = "1:abc=",
        Interface = "eth0",
        Source = IpAddress.Parse("192.168.1.10"),
        SourcePort = 50000,
        Destination = IpAddress.Parse("2001:db8::1"),
        DestinationPort = 443,
        IpProtocol = 6,
        Protocol = "TCP",
        AppProtocol = "tls",
        Vlan = 12,
        SourceMac = 0x0200_0000_0001,
        DestinationMac = 0xFFFF_FFFF_FFFF,
        Device = IpAddress.Parse("192.168.1.10"),
        Remote = IpAddress.Parse("2001:db8::1"),
        HostName = "c2.example",
        Url = "",
        FileName = "evil.exe",
        Raised = new PacketTime(99),
        HttpMethod = "GET",
        UserAgent = "curl",
        Ja3 = "a",
        Ja4 = "b",
        FileType = "exe",
        FileSha256 = "00ff",
        FileSize = 17,
        References = ["url,example.org", "cve,2026-1"],
        Blacklist = new BlacklistHit("feed", "c2", "c2.example", "host"),
        ClassName = new LocalizedText("遠隔操作", "C&C"),
        WhatHappened = new LocalizedText("何が", "what"),
        WhatToDo = new LocalizedText("どう", "do"),
        Loss = new LossStamp(1, 2, 3),
    };

    [Fact]
    public void An_alert_comes_back_as_it_was()
    {
        Assert.True(AlertRecordCodec.TryDecode(AlertRecordCodec.Encode(Sample), out AlertRecord back));
        Assert.Equivalent(Sample, back, strict: true);
        Assert.True(AlertRecordCodec.TryDecode(AlertRecordCodec.Encode(new AlertRecord { TransactionId = -1 }), out back));
        Assert.Equal(-1, back.TransactionId);
    }

    [Fact]
    public void Unknown_fields_are_skipped_and_a_future_layout_is_refused()
    {
        byte[] bytes = [.. AlertRecordCodec.Encode(Sample), 250, 3, 1, 2, 3];
        Assert.True(AlertRecordCodec.TryDecode(bytes, out AlertRecord back));
        Assert.Equivalent(Sample, back, strict: true);
        bytes[0]++;
        Assert.False(AlertRecordCodec.TryDecode(bytes, out _));
    }

    [Fact]
    public void Cut_or_flipped_bytes_never_throw()
    {
        byte[] bytes = AlertRecordCodec.Encode(Sample);
        var random = new Random(1);
        for (int i = 0; i < bytes.Length; i++)
        {
            AlertRecordCodec.TryDecode(bytes.AsSpan(0, i), out _);
            byte[] damaged = [.. bytes];
            damaged[i] = (byte)random.Next(256);
            AlertRecordCodec.TryDecode(damaged, out _);
            IncidentRecordCodec.TryDecode(damaged, out _);
        }
    }

    [Fact]
    public void A_text_too_long_is_cut_at_a_character()
    {
        AlertRecord alert = Sample with { Url = string.Concat(Enumerable.Repeat("漢", 3000)) };
        Assert.True(AlertRecordCodec.TryDecode(AlertRecordCodec.Encode(alert), out AlertRecord back));
        Assert.Equal(string.Concat(Enumerable.Repeat("漢", 4096 / 3)), back.Url);
    }

    [Fact]
    public void An_incident_comes_back_as_it_was()
    {
        var incident = new IncidentRecord
        {
            Id = 5,
            Revision = 3,
            IsOpen = true,
            Device = IpAddress.Parse("10.0.0.1"),
            FirstAlert = new PacketTime(10),
            LastAlert = new PacketTime(20),
            Severity = Severity.Medium,
            Stages = ["delivery", "installation"],
            Classes = [ThreatClass.MalwareDownload, ThreatClass.Tor],
            AlertCount = 7,
            AlertIds = [1, 2],
            FlowIds = [3],
            Remotes = [IpAddress.Parse("203.0.113.1")],
            Summary = new LocalizedText("要約", "summary"),
            WhatToDo = new LocalizedText("どう", "do"),
        };
        Assert.True(IncidentRecordCodec.TryDecode(IncidentRecordCodec.Encode(incident), out IncidentRecord back));
        Assert.Equivalent(incident, back, strict: true);
    }
}
