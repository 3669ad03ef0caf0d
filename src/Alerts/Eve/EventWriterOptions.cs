namespace Sensor.Alerts.Eve;

/// <summary>What the records say. Defaults are the appliance's; a conformance run turns the payload fields on.</summary>
public sealed record EventWriterOptions
{
    /// <summary>EVE's <c>in_iface</c>; empty for files.</summary>
    public string Interface { get; init; } = "";

    /// <summary>Write <c>pcap_cnt</c>; meaningful for files only.</summary>
    public bool PacketNumbers { get; init; }

    public bool CommunityId { get; init; } = true;

    /// <summary>Sites that want to tell their flows from others' choose a seed (suricata.yaml: community-id-seed).</summary>
    public ushort CommunityIdSeed { get; init; }

    /// <summary>The <c>ether</c> object (suricata.yaml: ethernet).</summary>
    public bool Ethernet { get; init; }

    /// <summary>Alerts: payload in base64, payload printable, the frame. Off on the appliance: an alert file is read by many.</summary>
    public bool Payload { get; init; }
    public bool PayloadPrintable { get; init; }
    public bool Packet { get; init; }

    /// <summary>Bytes of payload an alert shows at most (suricata.yaml: payload-buffer-size: 4kb).</summary>
    public int PayloadBytes { get; init; } = 4096;

    /// <summary>Alerts: the rule's text, its references, the verdict object.</summary>
    public bool RuleText { get; init; }
    public bool References { get; init; } = true;
    public bool Verdict { get; init; }

    /// <summary>Alerts without a transaction show the flow's newest one, marked <c>tx_guessed</c> (detect.guess-applayer-tx).</summary>
    public bool GuessTransaction { get; init; }

    /// <summary>Alerts: leave room for the sensor's own object, <c>alert.context.sensor</c>, which the event thread fills in.</summary>
    public bool SensorContext { get; init; } = true;

    /// <summary>The box is a bridge: drop and reject really block (<c>alert.action: blocked</c>).</summary>
    public bool Inline { get; init; }

    public bool Flows { get; init; } = true;
    public bool Transactions { get; init; } = true;
    public bool Files { get; init; } = true;
    public bool Anomalies { get; init; } = true;
    public bool Drops { get; init; }
}
