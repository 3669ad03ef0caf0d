using Sensor.Primitives;

namespace Sensor.Protocols.Dcerpc;

/// <summary>The header of connectionless units (C706 section 12.5.1), checked once in <see cref="TryRead"/>.</summary>
internal readonly struct DcerpcDatagram
{
    public const int Length = 80;

    public byte Type { get; private init; }

    public bool IsLastFragment { get; private init; }

    public bool IsLittleEndian { get; private init; }

    public UInt128 Interface { get; private init; }

    public uint InterfaceVersion { get; private init; }

    /// <summary>Opaque; written as records of the reference engine do, little-endian whatever the sender's byte order.</summary>
    public UInt128 Activity { get; private init; }

    public uint SequenceNumber { get; private init; }

    public ushort OperationNumber { get; private init; }

    /// <summary>Bytes of the body as the header says.</summary>
    public int BodyLength { get; private init; }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out DcerpcDatagram header)
    {
        header = default;
        if (bytes.Length < Length || bytes[0] != 4 || (bytes[1] & 0x1f) > DcerpcType.Rts) return false;
        if ((bytes[3] & 0xfc) != 0) return false;
        if ((bytes[4] & 0xee) != 0 || bytes[5] > 3) return false;
        bool little = (bytes[4] & 0x10) != 0;
        int length = DcerpcHeader.U16(bytes[74..], little);
        if (length + Length > bytes.Length) return false;
        bool fragmented = (bytes[2] & 0x04) != 0, last = (bytes[2] & 0x02) != 0;
        header = new DcerpcDatagram
        {
            Type = (byte)(bytes[1] & 0x1f),
            IsLittleEndian = little,
            IsLastFragment = !fragmented || last,
            Interface = DcerpcInterface.ReadId(bytes[24..], little),
            Activity = DcerpcInterface.ReadId(bytes[40..], little: true),
            InterfaceVersion = DcerpcHeader.U32(bytes[60..], little),
            SequenceNumber = DcerpcHeader.U32(bytes[64..], little),
            OperationNumber = DcerpcHeader.U16(bytes[68..], little),
            BodyLength = length,
        };
        return true;
    }

    /// <summary>The side that sends this kind.</summary>
    public Direction Direction => Type is DcerpcType.Request or 1 or 7 or 8 or 9 ? Direction.ToServer : Direction.ToClient;

    public void Read(ReadOnlySpan<byte> body, IDcerpcHost host, DcerpcExchange exchange)
    {
        exchange.IsDatagram = true;
        exchange.Activity = Activity;
        if (Direction == Direction.ToServer)
        {
            if (exchange.RequestType == DcerpcType.None)
            {
                exchange.SequenceNumber = SequenceNumber;
                exchange.InterfaceList.TryAdd(new DcerpcInterface { Id = Interface, Major = (ushort)InterfaceVersion, Minor = (ushort)(InterfaceVersion >> 16) });
            }

            exchange.RequestType = Type;
            exchange.OperationNumber = OperationNumber;
            exchange.IsRequestLittleEndian = IsLittleEndian;
            exchange.BeganWithFirstFragment = true;
            exchange.RequestFragments++;
        }
        else
        {
            exchange.ResponseType = Type;
            exchange.IsResponseLittleEndian = IsLittleEndian;
            exchange.ResponseFragments++;
            if (exchange.RequestType == DcerpcType.None) host.Finish(exchange, Direction.ToServer);
        }

        if (!exchange.StubOf(Direction).Append(body, DcerpcLimits.Stub)) host.Raise(exchange, DcerpcEvent.StubDataCut);
        if (IsLastFragment) host.Finish(exchange, Direction);
    }
}
