namespace Sensor.Streams;

/// <summary>Everything that can be odd about a TCP session; names in <see cref="StreamEventNames"/> (rule keyword <c>stream-event</c>).</summary>
public enum StreamEvent : byte
{
    None = 0,
}
