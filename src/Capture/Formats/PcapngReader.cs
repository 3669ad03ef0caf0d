using System.Buffers.Binary;
using Sensor.Primitives;

namespace Sensor.Capture.Formats;

/// <summary>
/// The block format (draft-ietf-opsawg-pcapng): sections in either byte order, several interfaces each. Blocks that carry
/// no frames are passed over.
/// </summary>
internal sealed class PcapngReader(CaptureBuffer buffer, string path) : FormatReader(buffer, path)
{
    private const uint SectionHeader = 0x0A0D0D0A, InterfaceDescription = 1, ObsoletePacket = 2, SimplePacket = 3, EnhancedPacket = 6;
    private const uint ByteOrderMagic = 0x1A2B3C4D;
    private const int Frame = 12, SmallestSection = 28, BlockHead = 8;

    /// <summary>Interfaces per section; a file with more is not a capture of this world.</summary>
    private const int MaximumInterfaces = 65536;

    private readonly List<PcapngInterface> _interfaces = [];
    private bool _swapped, _delivered;
    private PacketTime _lastTime;

    public static bool TryOpen(CaptureBuffer buffer, string path, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PcapngReader? reader)
    {
        reader = null;
        if (!buffer.TryPeek(BlockHead + 4, out ReadOnlySpan<byte> start) || BinaryPrimitives.ReadUInt32LittleEndian(start) != SectionHeader) return false;
        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(start[BlockHead..]);
        if (magic != ByteOrderMagic && magic != BinaryPrimitives.ReverseEndianness(ByteOrderMagic)) return false;
        reader = new PcapngReader(buffer, path);
        return true;
    }

    public override bool TryRead(ulong number, out RawPacket frame)
    {
        frame = default;
        while (Buffer.TryPeek(BlockHead, out ReadOnlySpan<byte> head))
        {
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(head);
            if (type == SectionHeader && !TryBeginSection()) return End("a section header makes no sense");
            if (_swapped) type = BinaryPrimitives.ReverseEndianness(type);
            uint length = ReadUInt32(head[4..]);
            if (length < Frame || length % 4 != 0) return End($"a block claims {length} bytes");
            if (type is not (InterfaceDescription or ObsoletePacket or SimplePacket or EnhancedPacket))
            {
                if (!Buffer.TrySkip(length)) return End("the last block is cut off");
                continue;
            }

            if (length > CaptureBuffer.Largest) return End($"a block of type {type} claims {length} bytes");
            if (!Buffer.TryPeek((int)length, out ReadOnlySpan<byte> block)) return End("the last block is cut off");
            ReadOnlySpan<byte> body = block[BlockHead..^4];
            if (type == InterfaceDescription)
            {
                if (body.Length < 8 || _interfaces.Count >= MaximumInterfaces) return End("an interface description makes no sense");
                _interfaces.Add(PcapngInterface.Read(body, _swapped));
                Buffer.Consume((int)length);
                continue;
            }

            if (!TryReadPacket(type, body, number, out frame)) return End("a packet block makes no sense");
            Buffer.Consume((int)length);
            return true;
        }

        return Buffer.Available == 0 ? false : End("the last block is cut off");
    }

    // The magic inside the header, not the block type (which reads alike in both orders), tells the byte order.
    private bool TryBeginSection()
    {
        if (!Buffer.TryPeek(SmallestSection, out ReadOnlySpan<byte> header)) return false;
        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(header[BlockHead..]);
        _swapped = magic != ByteOrderMagic;
        _interfaces.Clear();
        return !_swapped || magic == BinaryPrimitives.ReverseEndianness(ByteOrderMagic);
    }

    private bool TryReadPacket(uint type, ReadOnlySpan<byte> body, ulong number, out RawPacket frame)
    {
        frame = default;
        uint captured, wire;
        int at, index = 0;
        switch (type)
        {
            case EnhancedPacket when body.Length >= 20:
                index = (int)Math.Min(ReadUInt32(body), int.MaxValue);
                (captured, wire, at) = (ReadUInt32(body[12..]), ReadUInt32(body[16..]), 20);
                break;
            case ObsoletePacket when body.Length >= 20:
                index = _swapped ? BinaryPrimitives.ReadUInt16BigEndian(body) : BinaryPrimitives.ReadUInt16LittleEndian(body);
                (captured, wire, at) = (ReadUInt32(body[12..]), ReadUInt32(body[16..]), 20);
                break;
            case SimplePacket when body.Length >= 4:
                wire = ReadUInt32(body);
                (captured, at) = ((uint)Math.Min(wire, body.Length - 4), 4);
                if (_interfaces.Count > 0 && _interfaces[0].SnapLength > 0) captured = Math.Min(captured, _interfaces[0].SnapLength);
                break;
            default:
                return false;
        }

        if (index >= _interfaces.Count || captured > LargestFrame || captured > body.Length - at) return false;
        PcapngInterface from = _interfaces[index];
        // Simple packets carry no time: they happened when the frame before them did.
        if (type != SimplePacket) _lastTime = from.Time(ReadUInt32(body[4..]), ReadUInt32(body[8..]));
        // A file of frames that nobody here can read is an error; single ones among others count as undecodable.
        LinkType link = _delivered ? (LinkType)from.LinkNumber : LinkTypes.Require(from.LinkNumber, $"cannot read capture: {Path}");
        _delivered = true;
        frame = new RawPacket(body.Slice(at, (int)captured), (int)Math.Clamp(wire, captured, int.MaxValue), _lastTime, link, number);
        return true;
    }

    private uint ReadUInt32(ReadOnlySpan<byte> bytes) =>
        _swapped ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
