using System.Runtime.CompilerServices;
using Sensor.Decode;
using Sensor.Files;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Alerts.Eve;

public sealed partial class EventWriter
{
    /// <summary>Protocols whose records name the ends as the message travelled; those of others always begin at the client.</summary>
    private static readonly string[] RecordsFollowMessage = ["dns", "mdns", "bittorrent_dht", "sip", "quic", "websocket"];

    /// <summary>
    /// Writes what a packet (or the flow's end) completed: anomalies of the conversation, and the records of
    /// transactions that can be told, each once. Called after Detection and before the protocols let transactions go.
    /// </summary>
    /// <param name="flowEnds">Nothing more will come: all others are written too.</param>
    public void WriteTransactions(Flow flow, scoped ref PacketView packet, Direction direction, bool flowEnds)
    {
        if (flow.Application is not AppSession session) return;
        if (_options.Anomalies && !session.Events.IsEmpty) WriteDetectionAnomalies(flow, session, ref packet, direction);
        if (session is not { Protocol: { } protocol, Parser: { } parser }) return;
        if (_options.Anomalies && !parser.Events.IsEmpty) WriteParserAnomalies(flow, protocol, parser, ref packet, direction);
        TransactionList transactions = parser.Transactions;
        for (int i = 0; i < transactions.Count; i++) WriteTransaction(flow, protocol, transactions[i], ref packet, direction, flowEnds);
    }

    /// <summary>Takes back what records keep on the flow; called when it ends.</summary>
    public void Release(Flow flow)
    {
        if (flow.Records is not FlowRecords records) return;
        records.Reset();
        _flowRecords.Return(records);
        flow.Records = null;
    }

    private void WriteTransaction(Flow flow, IAppProtocol protocol, Transaction transaction, scoped ref PacketView packet, Direction direction, bool flowEnds)
    {
        if (_options.Anomalies && transaction.Events != transaction.ReportedEvents) WriteTransactionAnomalies(flow, protocol, transaction, ref packet, direction);
        if (TransactionFiles.Of(transaction) is { } files) WriteFileRecords(flow, protocol, transaction, files, ref packet, flowEnds);
        if (transaction.Logged) return;
        bool ready = transaction.RequestProgress >= protocol.RequestRecordProgress && transaction.ResponseProgress >= protocol.ResponseRecordProgress;
        if (!ready && !flowEnds) return;
        transaction.Logged = true;
        if (_options.Transactions && protocol.LogsTransactions) WriteRecord(flow, protocol, transaction, ref packet, direction);
    }

    private void WriteRecord(Flow flow, IAppProtocol protocol, Transaction transaction, scoped ref PacketView packet, Direction direction)
    {
        ProtocolWords words = Words(protocol);
        RecordSituation at = RecordSituation.Of(ref packet, flow, words.RecordsFollowMessage ? transaction.OneWay ?? direction : Direction.ToServer);
        Begin(words.RecordType, at);
        _json.WriteNumber(Names.TransactionId, transaction.Id);
        if (!protocol.WriteRecord(_json, transaction, flow)) return;
        EventHeader header = NewHeader(EventKind.Transaction);
        header.TransactionId = transaction.Id;
        header.AppProtocol = protocol.Name;
        End(ref header, at);
    }

    internal static bool FollowsMessage(IAppProtocol protocol) => Array.IndexOf(RecordsFollowMessage, protocol.RecordType) >= 0;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private FlowRecords? RecordsOf(Flow flow)
    {
        if (flow.Records is FlowRecords records) return records;
        if (!_flowRecords.TryTake(out FlowRecords? fresh)) return null;
        flow.Records = fresh;
        return fresh;
    }
}
