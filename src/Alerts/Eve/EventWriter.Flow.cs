using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Streams;

namespace Sensor.Alerts.Eve;

public sealed partial class EventWriter
{
    private const byte Tcp = 6;

    /// <summary>The record of a flow that ends; called before the rooms take back what hangs on it.</summary>
    /// <param name="now">Packet time of the moment it is let go.</param>
    public void WriteFlow(Flow flow, PacketTime now)
    {
        if (!_options.Flows) return;
        RecordSituation at = RecordSituation.Of(flow, now, 0, Direction.ToServer);
        at.IsWholeFlow = true;
        at.TunnelDepth = 0; // the packets around it are gone
        Begin(Names.Flow, at);
        bool answered = flow.ToClient.Packets > 0;
        if (at.IsIcmp && answered)
        {
            _json.WriteNumber(Names.ResponseIcmpType, flow.IcmpResponseType);
            _json.WriteNumber(Names.ResponseIcmpCode, flow.IcmpResponseCode);
        }

        WriteAppProtocols(flow);
        WriteFlowObject(flow);
        if (flow.IpProtocol == Tcp) WriteTcp(flow);

        EventHeader header = NewHeader(EventKind.Flow);
        header.AppProtocol = (flow.Application as AppSession)?.Protocol?.Name;
        End(ref header, at);
    }

    private void WriteFlowObject(Flow flow)
    {
        _json.WriteStartObject(Names.Flow);
        WriteFlowCounters(flow);
        WriteTime(Names.Start, flow.FirstSeen);
        WriteTime(Names.End, flow.LastSeen);
        _json.WriteNumber(Names.Age, Math.Max(0, flow.LastSeen.Seconds - flow.FirstSeen.Seconds));
        _json.WriteString(Names.State, Names.FlowState[(int)(flow.Bypassed ? FlowState.Bypassed : flow.State)]);
        _json.WriteString(Names.Reason, Names.FlowEndReason[(int)flow.EndReason]);
        _json.WriteBoolean(Names.Alerted, flow.Alerted);
        if (flow.Dropped) _json.WriteString(Names.Action, Names.Drop);
        else if (flow.Passed) _json.WriteString(Names.Action, Names.Pass);
        WriteExceptionPolicy(flow);
        if (flow.Application is AppSession { NextTransactionId: > 0 } session) _json.WriteNumber(Names.TransactionCount, session.NextTransactionId);
        _json.WriteEndObject();
    }

    private void WriteFlowCounters(Flow flow)
    {
        _json.WriteNumber(Names.PacketsToServer, flow.ToServer.Packets);
        _json.WriteNumber(Names.PacketsToClient, flow.ToClient.Packets);
        _json.WriteNumber(Names.BytesToServer, flow.ToServer.Bytes);
        _json.WriteNumber(Names.BytesToClient, flow.ToClient.Bytes);
    }

    private void WriteExceptionPolicy(Flow flow)
    {
        if (flow.MidstreamPolicy == ExceptionPolicy.None) return;
        _json.WriteStartArray(Names.ExceptionPolicy);
        _json.WriteStartObject();
        _json.WriteString(Names.Target, Names.StreamMidstream);
        _json.WriteString(Names.Policy, ExceptionPolicyNames.Name(flow.MidstreamPolicy));
        _json.WriteEndObject();
        _json.WriteEndArray();
    }

    private void WriteTcp(Flow flow)
    {
        // The flags are the session's; packets that belong to none (a beginning that was not seen) have no say.
        bool tracked = flow.Transport is TcpSession;
        int toServer = tracked ? flow.ToServer.TcpFlags : 0, toClient = tracked ? flow.ToClient.TcpFlags : 0;
        int both = toServer | toClient;
        _json.WriteStartObject(Names.Tcp);
        WriteFlags(Names.TcpFlags, both);
        WriteFlags(Names.TcpFlagsToServer, toServer);
        WriteFlags(Names.TcpFlagsToClient, toClient);
        for (int bit = 0; bit < Names.TcpFlag.Length; bit++)
        {
            if ((both & (1 << bit)) != 0) _json.WriteBoolean(Names.TcpFlag[bit], true);
        }

        if (flow.Transport is TcpSession session) WriteSession(session);
        _json.WriteEndObject();
    }

    private void WriteFlags(JsonEncodedText name, int flags)
    {
        Span<byte> text = stackalloc byte[2];
        ((byte)flags).TryFormat(text, out _, "x2");
        _json.WriteString(name, text);
    }

    private void WriteSession(TcpSession session)
    {
        if (session.State != TcpState.None) _json.WriteString(Names.State, Names.TcpState[(int)session.State]);
        // A half is one region from its first moment; each gap that stays open makes another.
        _json.WriteNumber(Names.RegionsToServer, Math.Max(1, session.ToServer.MostRuns));
        _json.WriteNumber(Names.RegionsToClient, Math.Max(1, session.ToClient.MostRuns));
    }
}
