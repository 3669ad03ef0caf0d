using Sensor.Primitives;

namespace Sensor.Alerts.Eve;

/// <summary>What records remember of a flow, in <c>Flow.Records</c>: which events of the conversation were written already. Only flows that had such events have one.</summary>
internal sealed class FlowRecords
{
    public EventSet ParserEvents, DetectionEvents;

    public void Reset()
    {
        ParserEvents.Clear();
        DetectionEvents.Clear();
    }
}
