using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sensor.Decode;
using Sensor.Detection;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Alerts.Eve;

/// <summary>
/// Writes event records (EVE JSON, Suricata 8's field names) on the worker, into memory that is used again and again,
/// and hands them to the queue. One per worker; allocates nothing once warm; never throws on wire bytes.
/// </summary>
public sealed partial class EventWriter : IMatchSink, IDisposable
{
    private readonly EventWriterOptions _options;
    private readonly EventQueue _queue;
    private readonly EventBuffer _buffer = new();
    private readonly EventDetailBlock _details = new();
    private readonly Utf8JsonWriter _json;
    private readonly Dictionary<IAppProtocol, ProtocolWords> _words = new(ReferenceEqualityComparer.Instance);
    private readonly JsonEncodedText _interface;
    private OuterPacket _outer;

    public EventWriter(EventWriterOptions options, EventQueue queue)
    {
        _options = options;
        _queue = queue;
        _interface = JsonEncodedText.Encode(options.Interface);
        // The writer checks nothing twice: what is written here is well formed by construction, and tests parse all of it.
        _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        foreach (IAppProtocol protocol in ProtocolCatalog.All) _words[protocol] = new ProtocolWords(protocol);
    }

    public EventWriterOptions Options => _options;

    /// <summary>Records begun since the start, whether or not the queue had room for them.</summary>
    public long Records { get; private set; }

    /// <summary>The packet that carries the next one (a tunnel): records of packets with a tunnel depth show its addresses.</summary>
    public void EnterTunnel(scoped in PacketView outer) => _outer = new OuterPacket(outer);

    public void Dispose() => _json.Dispose();

    /// <summary>Starts a record with what all records begin with. Everything about who and when is in <paramref name="at"/>.</summary>
    private void Begin(JsonEncodedText type, scoped in RecordSituation at)
    {
        Records++;
        _buffer.Clear();
        _details.Clear();
        _json.Reset();
        _json.WriteStartObject();
        WriteTime(Names.Timestamp, at.Time);
        if (at.Flow is { } flow) _json.WriteNumber(Names.FlowId, flow.Id);
        if (_options.Interface.Length > 0) _json.WriteString(Names.Interface, _interface);
        if (_options.PacketNumbers && at.PacketNumber > 0) _json.WriteNumber(Names.PacketNumber, at.PacketNumber);
        _json.WriteString(Names.EventType, type);
        WriteVlans(at);
        WriteEnds(at);
        if (at.HasPacketSource) _json.WriteString(Names.PacketSource, PacketSource(at));
        if (_options.Ethernet) WriteEther(at);
        if (at.TunnelDepth > 0) WriteTunnel(at.TunnelDepth);
        if (_options.CommunityId && at.Flow is not null && at.IpVersion != 0) WriteCommunityId(at);
        if (at.Flow is { Detection: not null } noted) WriteNotes(noted);
    }

    private void End(ref EventHeader header, scoped in RecordSituation at)
    {
        _json.WriteEndObject();
        _json.Flush();
        header.Time = at.Time;
        header.PacketNumber = at.PacketNumber;
        header.FlowId = at.Flow?.Id ?? 0;
        header.Source = at.Source;
        header.Destination = at.Destination;
        header.SourcePort = at.SourcePort;
        header.DestinationPort = at.DestinationPort;
        header.IpProtocol = at.IpProtocol;
        header.Direction = at.Direction;
        header.Vlan = at.VlanCount > 0 ? at.Vlan0 : (ushort)0;
        header.SourceMac = at.SourceMac;
        header.DestinationMac = at.DestinationMac;
        _queue.TryWrite(header, _buffer.Written, _details.Written);
    }

    private static EventHeader NewHeader(EventKind kind) => new() { Kind = kind, Rank = EventRank.Record, TransactionId = -1, ContextAt = -1 };

    private void WriteTime(JsonEncodedText name, PacketTime time)
    {
        Span<byte> text = stackalloc byte[EveTime.Length];
        EveTime.Write(time, text);
        _json.WriteString(name, text);
    }

    private void WriteVlans(scoped in RecordSituation at)
    {
        if (at.VlanCount == 0) return;
        _json.WriteStartArray(Names.Vlan);
        _json.WriteNumberValue(at.Vlan0);
        if (at.VlanCount > 1) _json.WriteNumberValue(at.Vlan1);
        if (at.VlanCount > 2) _json.WriteNumberValue(at.Vlan2);
        _json.WriteEndArray();
    }

    private void WriteEnds(scoped in RecordSituation at)
    {
        if (at.IpVersion == 0) return;
        WriteAddress(Names.SourceIp, at.Source);
        if (at.HasPorts) _json.WriteNumber(Names.SourcePort, at.SourcePort);
        WriteAddress(Names.DestinationIp, at.Destination);
        if (at.HasPorts) _json.WriteNumber(Names.DestinationPort, at.DestinationPort);
        _json.WriteString(Names.Protocol, IpProtocolNames.Encoded[at.IpProtocol]);
        _json.WriteNumber(Names.IpVersion, at.IpVersion);
        if (at.IsIcmp)
        {
            _json.WriteNumber(Names.IcmpType, at.IcmpType);
            _json.WriteNumber(Names.IcmpCode, at.IcmpCode);
        }

        if (at.Flow is { Spi: not 0 } flow) _json.WriteNumber(Names.Spi, flow.Spi);
    }

    private void WriteAddress(JsonEncodedText name, IpAddress address)
    {
        Span<byte> text = stackalloc byte[46];
        address.TryFormatExpanded(text, out int written);
        _json.WriteString(name, text[..written]);
    }

    private void WriteEther(scoped in RecordSituation at)
    {
        if ((at.SourceMac | at.DestinationMac) == 0) return;
        Span<byte> text = stackalloc byte[17];
        _json.WriteStartObject(Names.Ether);
        MacText.Write(at.SourceMac, text);
        WriteMac(at.IsWholeFlow ? Names.SourceMacs : Names.SourceMac, text, at.IsWholeFlow);
        MacText.Write(at.DestinationMac, text);
        WriteMac(at.IsWholeFlow ? Names.DestinationMacs : Names.DestinationMac, text, at.IsWholeFlow);
        _json.WriteEndObject();
    }

    private void WriteMac(JsonEncodedText name, ReadOnlySpan<byte> text, bool asArray)
    {
        if (!asArray)
        {
            _json.WriteString(name, text);
            return;
        }

        _json.WriteStartArray(name);
        _json.WriteStringValue(text);
        _json.WriteEndArray();
    }

    private void WriteTunnel(int depth)
    {
        _json.WriteStartObject(Names.Tunnel);
        WriteAddress(Names.SourceIp, _outer.Source);
        WriteAddress(Names.DestinationIp, _outer.Destination);
        if (_outer.HasPorts)
        {
            _json.WriteNumber(Names.SourcePort, _outer.SourcePort);
            _json.WriteNumber(Names.DestinationPort, _outer.DestinationPort);
        }

        _json.WriteString(Names.Protocol, IpProtocolNames.Encoded[_outer.IpProtocol]);
        _json.WriteNumber(Names.Depth, depth);
        if (_options.PacketNumbers) _json.WriteNumber(Names.PacketNumber, _outer.PacketNumber);
        _json.WriteString(Names.PacketSource, Names.Wire);
        _json.WriteEndObject();
    }

    private void WriteCommunityId(scoped in RecordSituation at)
    {
        Span<byte> text = stackalloc byte[CommunityId.TextBytes];
        ushort from = at.IsIcmp ? at.IcmpType : at.SourcePort, to = at.IsIcmp ? at.IcmpCode : at.DestinationPort;
        CommunityId.Write(at.Source, at.Destination, at.IpProtocol, from, to, _options.CommunityIdSeed, text);
        _json.WriteString(Names.CommunityId, text);
        _details.Add(EventDetail.CommunityId, text);
    }

    private JsonEncodedText PacketSource(scoped in RecordSituation at) =>
        at.IsFlowEnd ? Names.FlowTimeout : at.TunnelDepth > 0 ? _outer.PacketSource : at.IsReassembled ? Names.Defrag : Names.Wire;

    private ProtocolWords Words(IAppProtocol protocol)
    {
        if (_words.TryGetValue(protocol, out ProtocolWords? words)) return words;
        return AddWords(protocol);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ProtocolWords AddWords(IAppProtocol protocol) => _words[protocol] = new ProtocolWords(protocol);

    private void WriteAppProtocols(Flow? flow)
    {
        if (flow?.Application is not AppSession session) return;
        if (session.Protocol is { } protocol) _json.WriteString(Names.AppProtocol, Words(protocol).Name);
        else if (session.DetectionFailed) _json.WriteString(Names.AppProtocol, Names.Failed);
        WriteAppProtocol(Names.AppProtocolToServer, session.ProtocolToServer, session.Protocol);
        WriteAppProtocol(Names.AppProtocolToClient, session.ProtocolToClient, session.Protocol);
        WriteAppProtocol(Names.AppProtocolOriginal, session.Original, session.Protocol);
        if (session.Expected is { } expected) _json.WriteString(Names.AppProtocolExpected, expected);
    }

    private void WriteAppProtocol(JsonEncodedText name, IAppProtocol? protocol, IAppProtocol? usual)
    {
        if (protocol is not null && protocol != usual) _json.WriteString(name, Words(protocol).Name);
    }
}
