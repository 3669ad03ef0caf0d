using System.Buffers.Binary;
using Sensor.Decode.Link;

namespace Sensor.Decode.Tunnel;

/// <summary>Tunnels that are told by their UDP port and then checked by content, so that other traffic on the port stays UDP.</summary>
internal sealed class UdpTunnels(DecodeOptions options)
{
    private readonly ushort[] _vxlan = [.. options.VxlanPorts];
    private readonly ushort[] _geneve = [.. options.GenevePorts];
    private readonly ushort[] _teredo = [.. options.TeredoPorts];

    /// <summary>Marks the packet as carrying another when its port and payload say so.</summary>
    public void Look(ref PacketView packet)
    {
        if (_vxlan.AsSpan().Contains(packet.DestinationPort)) VxlanHeader.Look(ref packet);
        else if (_geneve.AsSpan().Contains(packet.DestinationPort)) GeneveHeader.Look(ref packet);
        else if (_teredo.AsSpan().Contains(packet.DestinationPort) || _teredo.AsSpan().Contains(packet.SourcePort)) TeredoHeader.Look(ref packet);
    }

    /// <summary>True when the Ethernet frame inside announces something this decoder reads.</summary>
    internal static bool IsKnownEthernet(ReadOnlySpan<byte> frame) =>
        frame.Length >= 14 && EtherTypes.TryFind(BinaryPrimitives.ReadUInt16BigEndian(frame[12..]), out _);
}
