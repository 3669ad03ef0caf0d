namespace Sensor.Decode.Network;

/// <summary>IPv4 options (IANA "IP Option Numbers"): only checked; rules match them on the packet's bytes.</summary>
internal static class Ipv4Options
{
    private const byte EndOfList = 0, NoOperation = 1, RecordRoute = 7, TimeStamp = 68, Security = 130, LooseSourceRoute = 131,
        ExtendedSecurity = 133, CommercialSecurity = 134, StreamId = 136, StrictSourceRoute = 137, RouterAlert = 148;

    public static void Check(ReadOnlySpan<byte> options, ref PacketView packet)
    {
        uint seen = 0;
        while (!options.IsEmpty)
        {
            byte type = options[0];
            if (type == EndOfList) return;
            if (type == NoOperation) { options = options[1..]; continue; }
            if (options.Length < 2) { packet.Raise(DecodeEvent.Ipv4OptionInvalidLength); return; }
            int length = options[1];
            if (length < 2 || length > options.Length) { packet.Raise(DecodeEvent.Ipv4OptionInvalidLength); return; }
            CheckOne(options[..length], ref seen, ref packet);
            options = options[length..];
        }
    }

    private static void CheckOne(ReadOnlySpan<byte> option, ref uint seen, ref PacketView packet)
    {
        int slot = option[0] switch
        {
            RecordRoute => 0,
            TimeStamp => 1,
            Security => 2,
            LooseSourceRoute => 3,
            ExtendedSecurity => 4,
            CommercialSecurity => 5,
            StreamId => 6,
            StrictSourceRoute => 7,
            RouterAlert => 8,
            _ => -1,
        };
        if (slot < 0) { packet.Raise(DecodeEvent.Ipv4OptionUnknown); return; }
        if ((seen & (1u << slot)) != 0) packet.Raise(DecodeEvent.Ipv4OptionDuplicate);
        seen |= 1u << slot;
        if (!HasValidLength(option)) packet.Raise(DecodeEvent.Ipv4OptionInvalidLength);
        else if (!IsWellFormed(option)) packet.Raise(DecodeEvent.Ipv4OptionMalformed);
    }

    private static bool HasValidLength(ReadOnlySpan<byte> option) => option[0] switch
    {
        StreamId or RouterAlert => option.Length == 4,
        Security => option.Length == 11,
        RecordRoute or LooseSourceRoute or StrictSourceRoute => option.Length >= 3,
        TimeStamp => option.Length >= 5,
        CommercialSecurity => option.Length >= 10,
        _ => option.Length >= 3,
    };

    // The pointer counts from 1 and is at least one past the option's own header (RFC 791 section 3.1).
    private static bool IsWellFormed(ReadOnlySpan<byte> option)
    {
        switch (option[0])
        {
            case RecordRoute or LooseSourceRoute or StrictSourceRoute:
                return option[2] >= 4 && option[2] <= option.Length + 1 && option[2] % 4 == 0 && option.Length % 4 == 3;
            case TimeStamp:
                int kind = option[3] & 0x0F;
                int entry = kind is 1 or 3 ? 8 : 4;
                return kind is 0 or 1 or 3 && option[2] >= 5 && option[2] <= option.Length + 1 && (option[2] - 5) % entry == 0;
            default:
                return true;
        }
    }
}
