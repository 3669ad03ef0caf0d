namespace Sensor.Primitives;

/// <summary>What the engine decides for a packet. A passive box only reports; bridge mode will act on it.</summary>
public enum Verdict : byte
{
    Pass,
    Alert,
    Drop,
    Reject,
}
