namespace Sensor.Primitives;

/// <summary>How much an alert matters to the people on site. The order is the order in which events survive a full queue.</summary>
public enum Severity : byte
{
    Info = 1,
    Low = 2,
    Medium = 3,
    High = 4,
}
