using System.Buffers.Binary;

namespace Sensor.Alerts.Spool;

/// <summary>The small file beside the segments: which epoch this is and how far it was acknowledged.</summary>
internal readonly record struct SpoolState(long Epoch, long AcknowledgedThrough)
{
    public const string FileName = "state";

    private const ulong Magic = 0x01_54_53_4C_4F_4F_50_53;
    private const int Bytes = 28;

    public byte[] Encode()
    {
        byte[] bytes = new byte[Bytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), AcknowledgedThrough);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(24), SegmentFormat.Crc(bytes.AsSpan(0, 24)));
        return bytes;
    }

    public static bool TryDecode(byte[]? bytes, out SpoolState state)
    {
        state = default;
        if (bytes is not { Length: Bytes } || BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(24)) != SegmentFormat.Crc(bytes.AsSpan(0, 24))) return false;
        state = new SpoolState(BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(8)), BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(16)));
        return true;
    }
}
