namespace Sensor.Decode;

/// <summary>The names rules and records use for <see cref="DecodeEvent"/>, one table for both ways.</summary>
public static class DecodeEventNames
{
    public static string Name(DecodeEvent happened) => happened switch
    {
        DecodeEvent.Ipv4PacketTooSmall => "ipv4.pkt_too_small",
        _ => "unknown",
    };

    public static bool TryFind(string name, out DecodeEvent happened)
    {
        happened = DecodeEvent.None;
        return name.Length == 0;
    }
}
