using System.Buffers.Binary;

namespace Sensor.Tests.Protocols.Dcerpc;

/// <summary>Units of remote calls as bytes, little-endian.</summary>
internal static class DcerpcBytes
{
    public const string ServiceControl = "367abb81-9844-35f1-ad32-98f038001003";

    public static byte[] Unit(byte type, byte[] body, byte flags = 3, uint call = 1)
    {
        byte[] bytes = new byte[16 + body.Length];
        bytes[0] = 5;
        bytes[2] = type;
        bytes[3] = flags;
        bytes[4] = 0x10;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), call);
        body.CopyTo(bytes, 16);
        return bytes;
    }

    /// <summary>A bind of one interface, version 2.0, in context 0.</summary>
    public static byte[] Bind(string id = ServiceControl, byte type = 11) =>
        Unit(type, [0xb8, 0x10, 0xb8, 0x10, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, .. Guid.Parse(id).ToByteArray(), 2, 0, 0, 0, .. new byte[20]]);

    public static byte[] BindAck(byte result = 0) => Unit(12, [0xb8, 0x10, 0xb8, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, result, 0, 0, 0, .. new byte[20]]);

    public static byte[] Request(ushort operation, byte[] stub, byte flags = 3, uint call = 2) =>
        Unit(0, [0, 0, 0, 0, 0, 0, (byte)operation, (byte)(operation >> 8), .. stub], flags, call);

    public static byte[] Response(byte[] stub, byte flags = 3, uint call = 2) => Unit(2, [0, 0, 0, 0, 0, 0, 0, 0, .. stub], flags, call);
}
