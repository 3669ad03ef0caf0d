using System.Text.Json;
using Sensor.Detection;
using Sensor.Flows;

namespace Sensor.Alerts.Eve;

public sealed partial class EventWriter
{
    // Flowbits with these prefixes classify traffic and are told apart from the rest (user guide, "Eve JSON Output", metadata).
    private static ReadOnlySpan<byte> TrafficId => "traffic/id/"u8;

    private static ReadOnlySpan<byte> TrafficLabel => "traffic/label/"u8;

    /// <summary>What rules have noted on the flow: <c>traffic.id</c>, <c>traffic.label</c>, <c>metadata.flowbits</c> and <c>metadata.flowints</c>.</summary>
    private void WriteNotes(Flow flow)
    {
        int bits = FlowAnnotations.BitCount(flow), counters = FlowAnnotations.CounterCount(flow);
        if (bits + counters == 0) return;
        int ids = 0, labels = 0;
        for (int i = 0; i < bits; i++)
        {
            if (FlowAnnotations.Bit(flow, i).StartsWith(TrafficId)) ids++;
            else if (FlowAnnotations.Bit(flow, i).StartsWith(TrafficLabel)) labels++;
        }

        if (ids + labels > 0)
        {
            _json.WriteStartObject(Names.Traffic);
            if (ids > 0) WriteBits(flow, Names.Id, TrafficId);
            if (labels > 0) WriteBits(flow, Names.Label, TrafficLabel);
            _json.WriteEndObject();
        }

        if (bits + counters == ids + labels) return;
        _json.WriteStartObject(Names.Metadata);
        if (bits > ids + labels) WriteOtherBits(flow);
        if (counters > 0) WriteCounters(flow, counters);
        _json.WriteEndObject();
    }

    private void WriteBits(Flow flow, JsonEncodedText name, ReadOnlySpan<byte> prefix)
    {
        _json.WriteStartArray(name);
        for (int i = 0; i < FlowAnnotations.BitCount(flow); i++)
        {
            ReadOnlySpan<byte> bit = FlowAnnotations.Bit(flow, i);
            if (bit.StartsWith(prefix)) _json.WriteStringValue(bit[prefix.Length..]);
        }

        _json.WriteEndArray();
    }

    private void WriteOtherBits(Flow flow)
    {
        _json.WriteStartArray(Names.Flowbits);
        for (int i = 0; i < FlowAnnotations.BitCount(flow); i++)
        {
            ReadOnlySpan<byte> bit = FlowAnnotations.Bit(flow, i);
            if (!bit.StartsWith(TrafficId) && !bit.StartsWith(TrafficLabel)) _json.WriteStringValue(bit);
        }

        _json.WriteEndArray();
    }

    private void WriteCounters(Flow flow, int counters)
    {
        _json.WriteStartObject(Names.Flowints);
        for (int i = 0; i < counters; i++) _json.WriteNumber(FlowAnnotations.Counter(flow, i, out uint value), value);
        _json.WriteEndObject();
    }
}
