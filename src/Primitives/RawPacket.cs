namespace Sensor.Primitives;

/// <summary>One captured frame, seen where it lies in the pipe or in a mapped file; nothing is copied.</summary>
public readonly ref struct RawPacket
{
    public RawPacket(ReadOnlySpan<byte> bytes, int wireLength, PacketTime time, LinkType link, ulong number)
    {
        Bytes = bytes;
        WireLength = wireLength;
        Time = time;
        Link = link;
        Number = number;
    }

    /// <summary>The captured bytes, from the link-layer header on; shorter than <see cref="WireLength"/> when snapped.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Bytes the frame had on the wire.</summary>
    public int WireLength { get; }

    public PacketTime Time { get; }

    public LinkType Link { get; }

    /// <summary>Position in its source, from 1 (Suricata's <c>pcap_cnt</c>).</summary>
    public ulong Number { get; }
}
