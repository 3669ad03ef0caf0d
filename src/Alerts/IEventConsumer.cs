namespace Sensor.Alerts;

/// <summary>An event on its way through the event thread; the bytes are valid during the call only.</summary>
public readonly ref struct SensorEvent
{
    public required EventHeader Header { get; init; }

    /// <summary>The finished record, one JSON object without a line end.</summary>
    public required ReadOnlySpan<byte> Json { get; init; }

    /// <summary>Set for alerts.</summary>
    public AlertRecord? Alert { get; init; }
}

/// <summary>Takes events on the event thread, one after the other. A consumer that throws is counted and goes on with the next event.</summary>
public interface IEventConsumer
{
    /// <summary>Name for logs and counters.</summary>
    string Name { get; }

    void Consume(scoped in SensorEvent happened);

    /// <summary>The queue is empty, or enough time has passed: make durable what was handed over. Called at least every 50 ms while events flow, and at the end.</summary>
    void Flush();
}
