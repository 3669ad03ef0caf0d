using System.Text.Json;
using Sensor.Decode;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Streams;

namespace Sensor.Alerts.Eve;

public sealed partial class EventWriter
{
    /// <summary>Flows of one worker that may have conversation anomalies at once; beyond it such events are not written (counted as refused by the slab).</summary>
    private const int MaximumFlowRecords = 65_536;

    private readonly ObjectSlab<FlowRecords> _flowRecords = new(static () => new FlowRecords(), 256, MaximumFlowRecords);

    /// <summary>Anomalies that could not be written because too many flows had one.</summary>
    public long AnomaliesRefused => _flowRecords.Refused;

    /// <summary>Writes one record for each thing that was wrong with a packet below the flow.</summary>
    public void WriteDecodeAnomalies(scoped ref PacketView packet, Flow? flow, Direction direction)
    {
        if (!_options.Anomalies || packet.Events.IsEmpty) return;
        for (int number = packet.Events.Next(0); number >= 0; number = packet.Events.Next(number + 1))
        {
            WriteAnomaly(RecordSituation.Of(ref packet, flow, direction), Names.Decode, EventNames.Decode[number], null, null, null);
        }
    }

    /// <summary>Writes one record for each stream event of a packet.</summary>
    public void WriteStreamAnomalies(scoped in EventSet events, scoped ref PacketView packet, Flow? flow, Direction direction)
    {
        if (!_options.Anomalies || events.IsEmpty) return;
        for (int number = events.Next(0); number >= 0; number = events.Next(number + 1))
        {
            WriteAnomaly(RecordSituation.Of(ref packet, flow, direction), Names.Stream, EventNames.Stream[number], null, null, null);
        }
    }

    private void WriteTransactionAnomalies(Flow flow, IAppProtocol protocol, Transaction transaction, scoped ref PacketView packet, Direction direction)
    {
        WriteNew(transaction.Events, ref transaction.ReportedEvents, Words(protocol), transaction, RecordSituation.Of(ref packet, flow, direction));
    }

    private void WriteParserAnomalies(Flow flow, IAppProtocol protocol, AppParser parser, scoped ref PacketView packet, Direction direction)
    {
        if (RecordsOf(flow) is not { } records || records.ParserEvents == parser.Events) return;
        WriteNew(parser.Events, ref records.ParserEvents, Words(protocol), null, RecordSituation.Of(ref packet, flow, direction));
    }

    private void WriteNew(scoped in EventSet events, ref EventSet reported, ProtocolWords words, Transaction? transaction, scoped in RecordSituation at)
    {
        for (int number = events.Next(0); number >= 0; number = events.Next(number + 1))
        {
            if (reported.Contains(number)) continue;
            reported.Add(number);
            JsonEncodedText name = number < words.Events.Length ? words.Events[number] : EventNames.Unknown;
            WriteAnomaly(at, Names.AppLayer, name, Names.ProtocolParser, words, transaction);
        }
    }

    private void WriteDetectionAnomalies(Flow flow, AppSession session, scoped ref PacketView packet, Direction direction)
    {
        if (RecordsOf(flow) is not { } records || records.DetectionEvents == session.Events) return;
        for (int number = session.Events.Next(0); number >= 0; number = session.Events.Next(number + 1))
        {
            if (records.DetectionEvents.Contains(number)) continue;
            records.DetectionEvents.Add(number);
            ProtocolWords? words = session.Protocol is { } protocol ? Words(protocol) : null;
            WriteAnomaly(RecordSituation.Of(ref packet, flow, direction), Names.AppLayer, EventNames.Detection[number], Names.ProtocolDetect, words, null);
        }
    }

    private void WriteAnomaly(
        scoped in RecordSituation at, JsonEncodedText type, JsonEncodedText name, JsonEncodedText? layer, ProtocolWords? words, Transaction? transaction)
    {
        Begin(Names.Anomaly, at);
        if (transaction is not null) _json.WriteNumber(Names.TransactionId, transaction.Id);
        _json.WriteStartObject(Names.Anomaly);
        if (words is not null) _json.WriteString(Names.AppProtocol, words.Name);
        _json.WriteString(Names.Type, type);
        _json.WriteString(Names.Event, name);
        if (layer is { } handled) _json.WriteString(Names.Layer, handled);
        _json.WriteEndObject();
        EventHeader header = NewHeader(EventKind.Anomaly);
        header.TransactionId = transaction?.Id ?? -1;
        header.AppProtocol = words?.Protocol.Name;
        End(ref header, at);
    }
}
