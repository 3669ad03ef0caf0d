using System.Text.Json;
using Sensor.Streams;

namespace Sensor.Alerts.Eve;

/// <summary>Property names and fixed values of EVE records, escaped once.</summary>
internal static class Names
{
    public static readonly JsonEncodedText
        Timestamp = Text("timestamp"), FlowId = Text("flow_id"), Interface = Text("in_iface"), PacketNumber = Text("pcap_cnt"),
        EventType = Text("event_type"), Vlan = Text("vlan"), SourceIp = Text("src_ip"), SourcePort = Text("src_port"),
        DestinationIp = Text("dest_ip"), DestinationPort = Text("dest_port"), Protocol = Text("proto"), IpVersion = Text("ip_v"),
        IcmpType = Text("icmp_type"), IcmpCode = Text("icmp_code"), ResponseIcmpType = Text("response_icmp_type"),
        ResponseIcmpCode = Text("response_icmp_code"), Spi = Text("spi"), PacketSource = Text("pkt_src"), Ether = Text("ether"),
        SourceMac = Text("src_mac"), DestinationMac = Text("dest_mac"), SourceMacs = Text("src_macs"), DestinationMacs = Text("dest_macs"),
        CommunityId = Text("community_id"), Tunnel = Text("tunnel"), Depth = Text("depth"), TransactionId = Text("tx_id"), TransactionGuessed = Text("tx_guessed"),
        AppProtocol = Text("app_proto"), AppProtocolToServer = Text("app_proto_ts"), AppProtocolToClient = Text("app_proto_tc"),
        AppProtocolOriginal = Text("app_proto_orig"), AppProtocolExpected = Text("app_proto_expected"), Direction = Text("direction"),
        Payload = Text("payload"), PayloadLength = Text("payload_length"), PayloadPrintable = Text("payload_printable"), Stream = Text("stream"),
        Packet = Text("packet"), PacketInfo = Text("packet_info"), LinkType = Text("linktype"), LinkTypeName = Text("linktype_name"),

        Alert = Text("alert"), Action = Text("action"), Gid = Text("gid"), SignatureId = Text("signature_id"), Revision = Text("rev"),
        Signature = Text("signature"), Category = Text("category"), Severity = Text("severity"), Source = Text("source"), Target = Text("target"),
        Ip = Text("ip"), Port = Text("port"), Metadata = Text("metadata"), Traffic = Text("traffic"), Id = Text("id"), Label = Text("label"), Flowbits = Text("flowbits"), Flowints = Text("flowints"), References = Text("references"), Rule = Text("rule"),
        Context = Text("context"), Sensor = Text("sensor"), Verdict = Text("verdict"),

        Flow = Text("flow"), PacketsToServer = Text("pkts_toserver"), PacketsToClient = Text("pkts_toclient"), BytesToServer = Text("bytes_toserver"),
        BytesToClient = Text("bytes_toclient"), Start = Text("start"), End = Text("end"), Age = Text("age"), State = Text("state"),
        Reason = Text("reason"), Alerted = Text("alerted"), TransactionCount = Text("tx_cnt"), ExceptionPolicy = Text("exception_policy"),
        Policy = Text("policy"), Tcp = Text("tcp"), TcpFlags = Text("tcp_flags"), TcpFlagsToServer = Text("tcp_flags_ts"),
        TcpFlagsToClient = Text("tcp_flags_tc"), RegionsToServer = Text("ts_max_regions"), RegionsToClient = Text("tc_max_regions"),

        Anomaly = Text("anomaly"), Type = Text("type"), Event = Text("event"), Layer = Text("layer"), Decode = Text("decode"),
        AppLayer = Text("applayer"), ProtocolParser = Text("proto_parser"), ProtocolDetect = Text("proto_detect"),

        FileInfo = Text("fileinfo"), Files = Text("files"), Stats = Text("stats"), Uptime = Text("uptime"),

        Drop = Text("drop"), Length = Text("len"), TypeOfService = Text("tos"), TimeToLive = Text("ttl"), IpId = Text("ipid"), TrafficClass = Text("tc"),
        HopLimit = Text("hoplimit"), TcpSequence = Text("tcpseq"), TcpAcknowledgment = Text("tcpack"), TcpWindow = Text("tcpwin"),
        TcpUrgent = Text("tcpurgp"), UdpLength = Text("udplen"), IcmpId = Text("icmp_id"), IcmpSequence = Text("icmp_seq"),

        Allowed = Text("allowed"), Blocked = Text("blocked"), ToServer = Text("to_server"), ToClient = Text("to_client"), Failed = Text("failed"),
        Pass = Text("pass"), StreamMidstream = Text("stream_midstream"), Wire = Text("wire/pcap"), FlowTimeout = Text("stream (flow timeout)"), Defrag = Text("defrag");

    /// <summary>Names of the TCP flags, at the index of their bit.</summary>
    public static readonly JsonEncodedText[] TcpFlag = [Text("fin"), Text("syn"), Text("rst"), Text("psh"), Text("ack"), Text("urg"), Text("ecn"), Text("cwr")];

    public static readonly JsonEncodedText[] FlowState = [Text("new"), Text("established"), Text("closed"), Text("bypassed")];

    public static readonly JsonEncodedText[] FlowEndReason = [Text("unknown"), Text("timeout"), Text("forced"), Text("shutdown"), Text("tcp_reuse")];

    public static readonly JsonEncodedText[] TcpState = [.. Enum.GetValues<Streams.TcpState>().Select(state => Text(TcpStateNames.Name(state)))];

    private static JsonEncodedText Text(string text) => JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
}
