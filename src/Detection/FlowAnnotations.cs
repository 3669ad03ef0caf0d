using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Flows;

namespace Sensor.Detection;

/// <summary>What rules have noted on a flow, for event records (EVE's <c>metadata.flowbits</c> and <c>metadata.flowints</c>). Allocates nothing.</summary>
public static class FlowAnnotations
{
    public static int BitCount(Flow flow) => flow.Detection is FlowMarks marks ? marks.Bits.Length : 0;

    /// <summary>Name of a flowbit that is set, UTF-8; <paramref name="index"/> below <see cref="BitCount"/>.</summary>
    public static ReadOnlySpan<byte> Bit(Flow flow, int index) => NameTable.Bits.Utf8(((FlowMarks)flow.Detection!).Bits[index]);

    public static int CounterCount(Flow flow) => flow.Detection is FlowMarks marks ? marks.Counters.Length : 0;

    /// <summary>Name of a flowint, UTF-8, and its value; <paramref name="index"/> below <see cref="CounterCount"/>.</summary>
    public static ReadOnlySpan<byte> Counter(Flow flow, int index, out uint value)
    {
        (int name, value) = ((FlowMarks)flow.Detection!).Counters[index];
        return NameTable.Counters.Utf8(name);
    }
}
