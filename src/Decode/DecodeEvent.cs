namespace Sensor.Decode;

/// <summary>
/// Everything that can be wrong with a packet below the flow. The same word serves as anomaly name, rule keyword
/// (<c>decode-event:ipv4.pkt_too_small</c>) and counter; <see cref="DecodeEventNames"/> holds the names.
/// </summary>
public enum DecodeEvent : byte
{
    None = 0,
    Ipv4PacketTooSmall,
}
