using System.Buffers.Binary;
using Google.Protobuf;

namespace Sensor.Wire;

/// <summary>A message on the wire: one flag byte (1 = compressed), the length in four bytes, the message (PROTOCOL-HTTP2, "Length-Prefixed-Message").</summary>
public static class GrpcFrame
{
    public const int PrefixLength = 5;

    /// <summary>Largest message either end accepts; a batch of the uploader is at most a quarter of it.</summary>
    public const int MaximumMessageBytes = 4 * 1024 * 1024;

    public static byte[] Encode(IMessage message)
    {
        int size = message.CalculateSize();
        byte[] frame = new byte[PrefixLength + size];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)size);
        message.WriteTo(frame.AsSpan(PrefixLength));
        return frame;
    }

    /// <summary>Reads the five prefix bytes.</summary>
    public static (bool Compressed, uint Length) ReadPrefix(ReadOnlySpan<byte> prefix) =>
        (prefix[0] != 0, BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]));

    /// <summary>
    /// Checks what a prefix announces.
    /// </summary>
    /// <exception cref="GrpcException">Compressed (neither end offers an encoding): Unimplemented. Too long: ResourceExhausted.</exception>
    public static int CheckPrefix(ReadOnlySpan<byte> prefix, int maximumBytes)
    {
        (bool compressed, uint length) = ReadPrefix(prefix);
        if (compressed) throw new GrpcException(GrpcStatus.Unimplemented, "cannot read the message: it is compressed, and only grpc-encoding identity is offered");
        if (length > maximumBytes) throw new GrpcException(GrpcStatus.ResourceExhausted, $"cannot read the message: {length} bytes, the limit is {maximumBytes}");
        return (int)length;
    }
}
