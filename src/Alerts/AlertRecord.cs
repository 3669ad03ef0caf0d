using Sensor.Primitives;

namespace Sensor.Alerts;

/// <summary>The same sentence in both languages of the service.</summary>
public sealed record LocalizedText(string Japanese, string English)
{
    public static LocalizedText Empty { get; } = new("", "");
}

/// <summary>How much the sensor had missed when the alert was raised, so that nobody takes silence for peace.</summary>
/// <param name="LostLastMinute">Frames lost during the minute before the alert.</param>
/// <param name="LostSinceStart">Frames lost since the engine started.</param>
/// <param name="SeenSinceStart">Frames that reached the interface since the engine started.</param>
public sealed record LossStamp(long LostLastMinute, long LostSinceStart, long SeenSinceStart)
{
    public static LossStamp None { get; } = new(0, 0, 0);
}

/// <summary>The blacklist entry behind an alert.</summary>
/// <param name="Kind">address, host, url, ja3, ja4 or hash.</param>
public sealed record BlacklistHit(string List, string Category, string Entry, string Kind);

/// <summary>
/// Everything about an alert that may be stored for long, shown, or leave the box. The fields are the allow-list:
/// there is no field that could hold payload, a mail body or file content. Made on the event thread.
/// </summary>
public sealed record AlertRecord
{
    /// <summary>Unique on this box and growing with time.</summary>
    public long Id { get; init; }

    /// <summary>Packet time of the match.</summary>
    public PacketTime Time { get; init; }

    /// <summary>When the event thread made the record, by the box's clock; beside <see cref="Time"/> it shows the box's share of the delay. 0 where unknown.</summary>
    public PacketTime Raised { get; init; }

    public long Gid { get; init; } = 1;
    public long Sid { get; init; }
    public int Revision { get; init; }

    /// <summary>The rule's message.</summary>
    public string Signature { get; init; } = "";

    /// <summary>Long name of the rule's classification.</summary>
    public string Category { get; init; } = "";

    public string ClassType { get; init; } = "";

    /// <summary>The rule's own priority, 1 is worst.</summary>
    public int Priority { get; init; }

    /// <summary>"allowed" or "blocked".</summary>
    public string Action { get; init; } = "allowed";

    public ThreatClass ThreatClass { get; init; }
    public Severity Severity { get; init; } = Severity.Info;

    /// <summary>Step of the kill chain: reconnaissance, delivery, exploitation, installation, command-and-control, actions, policy.</summary>
    public string Stage { get; init; } = "";

    /// <summary>How sure the rule's author is: high, medium or low.</summary>
    public string Confidence { get; init; } = "";

    public long FlowId { get; init; }
    public long PacketNumber { get; init; }

    /// <summary>Transaction within the flow, -1 where there is none.</summary>
    public long TransactionId { get; init; } = -1;

    public string CommunityId { get; init; } = "";
    public string Interface { get; init; } = "";

    public IpAddress Source { get; init; }
    public int SourcePort { get; init; }
    public IpAddress Destination { get; init; }
    public int DestinationPort { get; init; }

    /// <summary>IANA number of the transport protocol.</summary>
    public byte IpProtocol { get; init; }

    public string Protocol { get; init; } = "";

    /// <summary>Application protocol (http, dns, tls...), empty where unknown.</summary>
    public string AppProtocol { get; init; } = "";

    /// <summary>Outermost VLAN, 0 without.</summary>
    public int Vlan { get; init; }

    /// <summary>MAC addresses in the lower 48 bits, 0 where the link has none.</summary>
    public ulong SourceMac { get; init; }

    public ulong DestinationMac { get; init; }

    /// <summary>The address on the customer's side, the one to act on; equals <see cref="Source"/> or <see cref="Destination"/>.</summary>
    public IpAddress Device { get; init; }

    /// <summary>The other side.</summary>
    public IpAddress Remote { get; init; }

    /// <summary>Host name asked for (HTTP host, TLS SNI, DNS name), empty where none.</summary>
    public string HostName { get; init; } = "";

    /// <summary>URL for HTTP, empty elsewhere.</summary>
    public string Url { get; init; } = "";

    public string HttpMethod { get; init; } = "";
    public string UserAgent { get; init; } = "";
    public string Ja3 { get; init; } = "";
    public string Ja4 { get; init; } = "";

    public string FileName { get; init; } = "";
    public string FileType { get; init; } = "";

    /// <summary>64 hexadecimal digits, empty where it is not known.</summary>
    public string FileSha256 { get; init; } = "";

    /// <summary>Bytes seen of the file, 0 where there is none.</summary>
    public long FileSize { get; init; }

    /// <summary>The rule's references.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    public BlacklistHit? Blacklist { get; init; }

    public LocalizedText ClassName { get; init; } = LocalizedText.Empty;
    public LocalizedText WhatHappened { get; init; } = LocalizedText.Empty;
    public LocalizedText WhatToDo { get; init; } = LocalizedText.Empty;

    public LossStamp Loss { get; init; } = LossStamp.None;
}
