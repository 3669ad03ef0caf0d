using Sensor.Decode;
using Sensor.Primitives;
using Sensor.Streams;

namespace Sensor.Detection.Inspect;

/// <summary>
/// Tries the rules that look at one packet and at the piece of stream it opened: prefilters first, then the rules they
/// made worth trying, in order of rank. The packet's payload is looked at where it is not part of a stream, and by
/// rules that ask for the packet itself.
/// </summary>
internal sealed class PacketInspector(RuleSet rules, InspectContext context, Candidates candidates, AlertSink alerts)
{
    private readonly Signature[] _signatures = rules.Signatures;
    private readonly RuleGroups _groups = rules.Groups;

    public void Inspect(scoped ref PacketView packet)
    {
        candidates.Clear();
        AddEventRules(ref packet);
        if (packet.Has(PacketFlags.Invalid))
        {
            Run(ref packet);
            return;
        }

        PacketGroup group = _groups.Packet(RuleGroups.TransportOf(packet.IpProtocol), context.Direction);
        AddOncePerFlow(group);
        candidates.AddAll(group.EveryPacketByFlags.Length > 0 ? group.EveryPacketByFlags[(byte)packet.TcpFlags] : group.EveryPacket);
        AddPayloadRules(group, ref packet);
        AddStreamRules(group);
        Run(ref packet);
    }

    /// <summary>The flow ends: what its stream still holds.</summary>
    public void InspectEnd(scoped ref PacketView last)
    {
        candidates.Clear();
        AddSessionEventRules();
        AddStreamRules(_groups.Packet(RuleGroups.TransportOf(context.Flow!.IpProtocol), context.Direction));
        Run(ref last);
    }

    /// <summary>
    /// Closes the piece of stream that was open (for rules on transactions too), and goes through the pieces behind
    /// it: after a gap the next may be ready on the same packet. Each step moves forward.
    /// </summary>
    public void InspectFurtherPieces(scoped ref PacketView packet)
    {
        if (!context.Window.IsOpen) return;
        PacketGroup group = _groups.Packet(RuleGroups.TransportOf(context.Flow!.IpProtocol), context.Direction);
        while (true)
        {
            StreamInspector.Finish(context, context.Window);
            context.Window.IsOpen = false;
            candidates.Clear();
            AddStreamRules(group);
            if (!context.Window.IsOpen) return;
            Run(ref packet);
        }
    }

    private void AddEventRules(scoped ref PacketView packet)
    {
        for (int number = packet.Events.Next(0); number >= 0; number = packet.Events.Next(number + 1))
        {
            if (number < _groups.ByDecodeEvent.Length) candidates.AddAll(_groups.ByDecodeEvent[number]);
            if (number == byte.MaxValue) break;
        }

        EventSet stream = context.StreamEvents;
        for (int number = stream.Next(0); number >= 0; number = stream.Next(number + 1))
        {
            if (number < _groups.ByStreamEvent.Length) candidates.AddAll(_groups.ByStreamEvent[number]);
            if (number == byte.MaxValue) break;
        }

        AddSessionEventRules();
    }

    /// <summary>Events of protocol detection and of the conversation as a whole, each once per direction.</summary>
    private void AddSessionEventRules()
    {
        if (context.Session is not { } session || context.State is not { } state) return;
        EventSet detection = session.Events;
        ref EventSet told = ref state.SessionEventsTold(context.Direction);
        if (detection == told) return;
        for (int number = detection.Next(0); number >= 0 && number < _groups.BySessionEvent.Length; number = detection.Next(number + 1))
        {
            if (!told.Contains(number)) candidates.AddAll(_groups.BySessionEvent[number]);
        }

        told = detection;
    }

    private void AddOncePerFlow(PacketGroup group)
    {
        if (context.State is not { } state)
        {
            // No flow to remember it by: tried on each packet.
            group.IpOnly.AddTo(candidates, context.Source, context.Destination);
            return;
        }

        bool toServer = context.Direction == Direction.ToServer;
        ref bool addressesTried = ref toServer ? ref state.IpOnlyToServer : ref state.IpOnlyToClient;
        if (!addressesTried) group.IpOnly.AddTo(candidates, context.Source, context.Destination);
        addressesTried = true;
        if (group.ProtocolDetection.Length == 0 || context.Session is not { } session) return;
        bool decided = session.DetectionFailed || session.Protocol is not null;
        ref bool protocolTried = ref toServer ? ref state.ProtocolRulesToServer : ref state.ProtocolRulesToClient;
        if (!decided || protocolTried) return;
        protocolTried = true;
        candidates.AddAll(group.ProtocolDetection);
    }

    private void AddPayloadRules(PacketGroup group, scoped ref PacketView packet)
    {
        if (packet.Payload.IsEmpty || context.Flow is { NoPayloadInspection: true }) return;
        bool inStream = (context.Stream & StreamVerdict.PayloadInStream) != 0;
        candidates.AddFound(inStream ? group.PacketPayloads : group.Payloads, packet.Payload);
        candidates.AddAll(inStream ? group.EveryPacketPayload : group.EveryPayload);
    }

    private void AddStreamRules(PacketGroup group)
    {
        if (!OpenWindow()) return;
        candidates.AddFound(group.Streams, StreamInspector.Bytes(context, context.Window, freshOnly: false));
        candidates.AddAll(group.EveryStream);
    }

    private bool OpenWindow()
    {
        if (context.Tcp is null || context.Flow is { NoPayloadInspection: true }) return false;
        return StreamInspector.TryNext(context, StreamInspector.IsTriggered(context), ref context.Window);
    }

    private void Run(scoped ref PacketView packet)
    {
        candidates.Sort();
        foreach (int number in candidates.Numbers)
        {
            Signature signature = _signatures[number];
            context.Counters.RulesTried++;
            if (!SignatureMatcher.HeaderMatches(signature, context, ref packet)) continue;
            if (!SignatureMatcher.TestsMatch(signature, context, ref packet)) continue;
            if (!PayloadMatches(signature, ref packet, out bool onStream)) continue;
            alerts.Raise(signature, null, onStream);
        }
    }

    private bool PayloadMatches(Signature signature, scoped ref PacketView packet, out bool onStream)
    {
        onStream = false;
        if (signature.Payload is not { } chain) return true;
        if (signature.InspectsStream)
        {
            onStream = StreamInspector.MatchesWindow(context, chain);
            if (onStream) return true;
            bool inStream = (context.Stream & StreamVerdict.PayloadInStream) != 0;
            bool onPacket = signature.InspectsPacket || (!inStream && (signature.FallsBackToPacket || context.Tcp is null && !packet.IsTcp));
            if (!onPacket) return false;
        }

        return !context.IsEnd && PayloadStep.PayloadMatches(context, chain, ref packet);
    }
}
