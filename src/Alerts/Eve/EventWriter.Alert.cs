using System.Runtime.CompilerServices;
using System.Text.Json;
using Sensor.Alerts.Explanations;
using Sensor.Decode;
using Sensor.Detection;
using Sensor.Files;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Alerts.Eve;

public sealed partial class EventWriter
{
    /// <summary>Writes the alert of a match. Rare compared with packets, so it is kept out of the packet loop's code.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Report(scoped in RuleMatch match, Flow? flow, scoped ref PacketView packet)
    {
        RecordSituation at = RecordSituation.Of(ref packet, flow, match.Direction);
        Begin(Names.Alert, at);
        Transaction? guess = match.Transaction is null && _options.GuessTransaction ? NewestTransaction(flow) : null;
        Transaction? transaction = match.Transaction ?? guess;
        if (transaction is not null) _json.WriteNumber(Names.TransactionId, transaction.Id);
        if (guess is not null) _json.WriteBoolean(Names.TransactionGuessed, true);
        int contextAt = WriteAlertObject(match.Rule, match.Verdict, at, _options.SensorContext);
        if (_options.Verdict) WriteVerdict(match.Verdict);
        if (transaction is not null && ProtocolOf(match, flow) is { } protocol)
        {
            protocol.WriteRecord(_json, transaction, flow!);
            Words(protocol).AddDetails(transaction, _details);
            if (TransactionFiles.Of(transaction) is { Count: > 0 } files) WriteAlertFiles(files, match.Direction);
        }

        WriteAppProtocols(flow);
        if (flow is not null)
        {
            _json.WriteString(Names.Direction, match.Direction == Direction.ToServer ? Names.ToServer : Names.ToClient);
            WriteAlertFlow(flow);
        }

        WritePayloads(match, flow, ref packet);

        EventHeader header = NewHeader(EventKind.Alert);
        header.Rank = (EventRank)SeverityPolicy.Of(match.Rule, match.Listed);
        header.Rule = match.Rule;
        header.Listed = match.Listed;
        header.Verdict = match.Verdict;
        header.IsBlocked = IsBlocked(match.Verdict);
        header.TransactionId = transaction?.Id ?? -1;
        header.AppProtocol = ProtocolOf(match, flow)?.Name;
        header.ContextAt = contextAt;
        End(ref header, at);
    }

    private static Transaction? NewestTransaction(Flow? flow) =>
        flow?.Application is AppSession { Parser.Transactions: { Count: > 0 } transactions } ? transactions[^1] : null;

    private static IAppProtocol? ProtocolOf(scoped in RuleMatch match, Flow? flow) => match.Protocol ?? (flow?.Application as AppSession)?.Protocol;

    // Answers where the sensor's own object goes, or -1.
    private int WriteAlertObject(Rule rule, Verdict verdict, scoped in RecordSituation at, bool withContext)
    {
        _json.WriteStartObject(Names.Alert);
        _json.WriteString(Names.Action, IsBlocked(verdict) ? Names.Blocked : Names.Allowed);
        _json.WriteNumber(Names.Gid, rule.Gid);
        _json.WriteNumber(Names.SignatureId, rule.Sid);
        _json.WriteNumber(Names.Revision, rule.Revision);
        _json.WriteString(Names.Signature, rule.Message.Span);
        _json.WriteString(Names.Category, rule.Category);
        _json.WriteNumber(Names.Severity, rule.Priority);
        if (rule.Target is { } target)
        {
            bool targetIsSource = target == "src_ip";
            WriteEnd(Names.Source, at, isSource: !targetIsSource);
            WriteEnd(Names.Target, at, isSource: targetIsSource);
        }

        WriteMetadata(rule);
        if (_options.References && rule.References.Count > 0)
        {
            _json.WriteStartArray(Names.References);
            for (int i = 0; i < rule.References.Count; i++) _json.WriteStringValue(rule.References[i]);
            _json.WriteEndArray();
        }

        if (_options.RuleText) _json.WriteString(Names.Rule, rule.Source);
        int contextAt = -1;
        if (withContext)
        {
            _json.WriteStartObject(Names.Context);
            _json.WriteNull(Names.Sensor);
            _json.Flush();
            contextAt = _buffer.Length - 4;
            _json.WriteEndObject();
        }

        _json.WriteEndObject();
        return contextAt;
    }

    private bool IsBlocked(Verdict verdict) => verdict == Primitives.Verdict.Reject || (_options.Inline && verdict == Primitives.Verdict.Drop);

    private void WriteEnd(JsonEncodedText name, scoped in RecordSituation at, bool isSource)
    {
        _json.WriteStartObject(name);
        WriteAddress(Names.Ip, isSource ? at.Source : at.Destination);
        if (at.HasPorts) _json.WriteNumber(Names.Port, isSource ? at.SourcePort : at.DestinationPort);
        _json.WriteEndObject();
    }

    private void WriteMetadata(Rule rule)
    {
        if (rule.Metadata.Count == 0) return;
        _json.WriteStartObject(Names.Metadata);
        for (int i = 0; i < rule.Metadata.Count; i++)
        {
            (string key, IReadOnlyList<string> values) = rule.Metadata[i];
            _json.WriteStartArray(key);
            for (int j = 0; j < values.Count; j++) _json.WriteStringValue(values[j]);
            _json.WriteEndArray();
        }

        _json.WriteEndObject();
    }

    private void WriteVerdict(Verdict verdict)
    {
        _json.WriteStartObject(Names.Verdict);
        _json.WriteString(Names.Action, IsBlocked(verdict) ? Names.Drop : verdict == Primitives.Verdict.Pass ? Names.Pass : Names.Alert);
        _json.WriteEndObject();
    }

    private void WriteAlertFlow(Flow flow)
    {
        _json.WriteStartObject(Names.Flow);
        WriteFlowCounters(flow);
        WriteTime(Names.Start, flow.FirstSeen);
        WriteAddress(Names.SourceIp, flow.Client);
        WriteAddress(Names.DestinationIp, flow.Server);
        if (flow.IpProtocol is 6 or 17 or 132)
        {
            _json.WriteNumber(Names.SourcePort, flow.ClientPort);
            _json.WriteNumber(Names.DestinationPort, flow.ServerPort);
        }

        _json.WriteEndObject();
    }
}
