using System.Buffers.Binary;
using Sensor.Primitives;

namespace Sensor.Tests.Protocols.Http;

/// <summary>
/// TCP payloads of a small, well-behaved capture file (Ethernet or raw, IPv4, in order). Only for trying parsers on
/// real conversations; the engine's own road is tested elsewhere.
/// </summary>
internal static class CaptureStreams
{
    public readonly record struct Piece(string Flow, Direction Direction, byte[] Payload);

    public static List<Piece> Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        bool little = file[0] is 0xd4 or 0x4d;
        uint Word(int at) => little ? BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at)) : BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
        uint link = Word(20);
        var pieces = new List<Piece>();
        var next = new Dictionary<string, uint>();
        for (int at = 24; at + 16 <= file.Length;)
        {
            int length = (int)Word(at + 8);
            ReadOnlySpan<byte> frame = file.AsSpan(at + 16, Math.Min(length, file.Length - at - 16));
            at += 16 + length;
            if (link == 1)
            {
                if (frame.Length < 34 || frame[12] != 8 || frame[13] != 0) continue;
                frame = frame[14..];
            }

            if (frame.Length < 40 || frame[0] >> 4 != 4 || frame[9] != 6) continue;
            int header = (frame[0] & 15) * 4;
            frame = frame[..Math.Min(frame.Length, BinaryPrimitives.ReadUInt16BigEndian(frame[2..]))];
            Add(pieces, next, frame[12..20].ToArray(), frame[header..]);
        }

        return pieces;
    }

    private static void Add(List<Piece> pieces, Dictionary<string, uint> next, byte[] addresses, ReadOnlySpan<byte> tcp)
    {
        ushort from = BinaryPrimitives.ReadUInt16BigEndian(tcp), to = BinaryPrimitives.ReadUInt16BigEndian(tcp[2..]);
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]);
        string key = Convert.ToHexString(addresses) + from + ">" + to;
        ReadOnlySpan<byte> payload = tcp[((tcp[12] >> 4) * 4)..];
        if ((tcp[13] & 2) != 0)
        {
            next[key] = sequence + 1;
            return;
        }

        if (next.TryGetValue(key, out uint wanted) && sequence != wanted)
        {
            long late = (uint)(wanted - sequence);
            if (late >= payload.Length) return;
            payload = payload[(int)late..];
            sequence = wanted;
        }

        if (payload.IsEmpty) return;
        next[key] = sequence + (uint)payload.Length;
        Direction direction = from > to ? Direction.ToServer : Direction.ToClient;
        pieces.Add(new Piece(direction == Direction.ToServer ? $"{from}-{to}" : $"{to}-{from}", direction, payload.ToArray()));
    }
}
