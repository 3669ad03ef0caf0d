using System.Buffers.Binary;

namespace Sensor.Decode.Transport;

/// <summary>TCP options (IANA "TCP Option Kind Numbers"). A broken list is an event; the segment still counts.</summary>
internal static class TcpOptionList
{
    private const byte EndOfList = 0, NoOperation = 1, MaximumSegmentSize = 2, WindowScale = 3, SackPermitted = 4, Sack = 5, Timestamps = 8,
        Md5Signature = 19, Authentication = 29, FastOpen = 34;

    // Two NOPs before a timestamp: how nearly every established connection begins its options (RFC 7323 appendix A).
    private const uint AlignedTimestamps = 0x0101_080A;

    // RFC 7323 section 2.3: larger shifts are to be taken as 14.
    private const byte LargestShift = 14;

    public static void Read(ReadOnlySpan<byte> options, ref PacketView packet)
    {
        if (options.Length == 12 && BinaryPrimitives.ReadUInt32BigEndian(options) == AlignedTimestamps)
        {
            ReadTimestamps(options[4..], ref packet);
            return;
        }

        uint seen = 0;
        while (!options.IsEmpty)
        {
            byte kind = options[0];
            if (kind == EndOfList) return;
            if (kind == NoOperation) { options = options[1..]; continue; }
            int length = options.Length < 2 ? 0 : options[1];
            if (length < 2 || length > options.Length) { packet.Raise(DecodeEvent.TcpOptionInvalidLength); return; }
            ReadOne(options[..length], ref seen, ref packet);
            options = options[length..];
        }
    }

    private static void ReadOne(ReadOnlySpan<byte> option, ref uint seen, ref PacketView packet)
    {
        byte kind = option[0];
        if (!HasValidLength(kind, option.Length)) { packet.Raise(DecodeEvent.TcpOptionInvalidLength); return; }
        if (kind is MaximumSegmentSize or WindowScale or SackPermitted or Sack or Timestamps)
        {
            uint bit = 1u << kind;
            if ((seen & bit) != 0) { packet.Raise(DecodeEvent.TcpOptionDuplicate); return; }
            seen |= bit;
        }

        switch (kind)
        {
            case MaximumSegmentSize: packet.MaximumSegmentSize = BinaryPrimitives.ReadUInt16BigEndian(option[2..]); break;
            case WindowScale: packet.WindowScale = (sbyte)Math.Min(option[2], LargestShift); break;
            case SackPermitted: packet.SackPermitted = true; break;
            case Timestamps: ReadTimestamps(option[2..], ref packet); break;
        }
    }

    private static void ReadTimestamps(ReadOnlySpan<byte> values, ref PacketView packet)
    {
        packet.HasTimestamps = true;
        packet.TimestampValue = BinaryPrimitives.ReadUInt32BigEndian(values);
        packet.TimestampEcho = BinaryPrimitives.ReadUInt32BigEndian(values[4..]);
    }

    private static bool HasValidLength(byte kind, int length) => kind switch
    {
        MaximumSegmentSize => length == 4,
        WindowScale => length == 3,
        SackPermitted => length == 2,
        Sack => length >= 10 && (length - 2) % 8 == 0,
        Timestamps => length == 10,
        Md5Signature => length == 18,
        Authentication => length >= 4,
        FastOpen => length is 2 or (>= 6 and <= 18),
        _ => true,
    };
}
