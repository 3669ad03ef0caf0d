using System.Text.Json;
using Sensor.Decode;
using Sensor.Detection;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Alerts.Eve;

public sealed partial class EventWriter
{
    /// <summary>The record of a packet that a bridge did not let through.</summary>
    /// <param name="rule">The rule that dropped it, if one did.</param>
    /// <param name="reason">EVE's <c>drop.reason</c>: "rules", "flow drop", "stream midstream"...; a fixed set, not from the wire.</param>
    public void WriteDrop(scoped ref PacketView packet, Flow? flow, Direction direction, string reason, Rule? rule = null)
    {
        if (!_options.Drops) return;
        RecordSituation at = RecordSituation.Of(ref packet, flow, direction);
        Begin(Names.Drop, at);
        _json.WriteStartObject(Names.Drop);
        _json.WriteNumber(Names.Length, packet.Network.Length);
        if (packet.IpVersion == 4)
        {
            _json.WriteNumber(Names.TypeOfService, packet.TypeOfService);
            _json.WriteNumber(Names.TimeToLive, packet.TimeToLive);
            _json.WriteNumber(Names.IpId, packet.IpId);
        }
        else if (packet.IpVersion == 6)
        {
            _json.WriteNumber(Names.TrafficClass, packet.TypeOfService);
            _json.WriteNumber(Names.HopLimit, packet.TimeToLive);
        }

        WriteDroppedTransport(ref packet);
        _json.WriteString(Names.Reason, reason);
        _json.WriteEndObject();
        if (rule is not null) WriteAlertObject(rule, Primitives.Verdict.Drop, at, withContext: false);
        if (_options.Verdict) WriteVerdict(Primitives.Verdict.Drop);
        if (flow is not null) _json.WriteString(Names.Direction, direction == Direction.ToServer ? Names.ToServer : Names.ToClient);
        EventHeader header = NewHeader(EventKind.Drop);
        End(ref header, at);
    }

    private void WriteDroppedTransport(scoped ref PacketView packet)
    {
        if (packet.IsTcp)
        {
            _json.WriteNumber(Names.TcpSequence, packet.Sequence);
            _json.WriteNumber(Names.TcpAcknowledgment, packet.Acknowledgment);
            _json.WriteNumber(Names.TcpWindow, packet.Window);
            // The record has no words for the two congestion flags.
            for (int bit = 0; bit < 6; bit++) _json.WriteBoolean(Names.TcpFlag[bit], ((int)packet.TcpFlags & (1 << bit)) != 0);
            _json.WriteNumber(Names.TcpUrgent, packet.UrgentPointer);
        }
        else if (packet.IsUdp) _json.WriteNumber(Names.UdpLength, packet.Transport.Length);
        else if (packet.HasTransport && packet.IpProtocol is 1 or 58)
        {
            _json.WriteNumber(Names.IcmpId, packet.IcmpId);
            _json.WriteNumber(Names.IcmpSequence, packet.IcmpSequence);
        }
    }
}
