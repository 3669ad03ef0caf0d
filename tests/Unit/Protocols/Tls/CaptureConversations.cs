using System.Buffers.Binary;
using Sensor.Primitives;

namespace Sensor.Tests.Protocols;

/// <summary>
/// A plain reader of capture files for parser tests: which bytes each side of each TCP or UDP conversation said, in
/// order. Deliberately apart from the engine's own decoding and reassembly; knows no fragments, tunnels or overlaps.
/// </summary>
internal sealed class CaptureConversations
{
    private const byte Tcp = 6, Udp = 17;

    public sealed class Conversation
    {
        public required byte Protocol { get; init; }

        public required string Client { get; init; }

        public required string Server { get; init; }

        public required int ClientPort { get; init; }

        public required int ServerPort { get; init; }

        public List<(Direction Direction, byte[] Bytes)> Said { get; } = [];

        internal uint[] Next { get; } = new uint[2];

        internal bool[] Known { get; } = new bool[2];

        internal List<(uint Sequence, byte[] Bytes)>[] Early { get; } = [[], []];

        public byte[] All(Direction direction) => [.. Said.Where(one => one.Direction == direction).SelectMany(one => one.Bytes)];
    }

    private readonly Dictionary<string, Conversation> _open = [];

    public List<Conversation> All { get; } = [];

    public static CaptureConversations Read(string path)
    {
        var result = new CaptureConversations();
        byte[] file = File.ReadAllBytes(path);
        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(file);
        if (magic == 0x0a0d0d0a) result.ReadNextGeneration(file);
        else result.ReadClassic(file, magic is 0xa1b2c3d4 or 0xa1b23c4d);
        return result;
    }

    private void ReadClassic(byte[] file, bool little)
    {
        uint Number(int at) => little ? BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at)) : BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
        int link = (int)Number(20);
        for (int at = 24; at + 16 <= file.Length;)
        {
            int length = (int)Math.Min(Number(at + 8), (uint)(file.Length - at - 16));
            Frame(link, file.AsSpan(at + 16, length));
            at += 16 + length;
        }
    }

    private void ReadNextGeneration(byte[] file)
    {
        List<int> links = [];
        for (int at = 0; at + 12 <= file.Length;)
        {
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at));
            int length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 4));
            if (length < 12 || at + length > file.Length) return;
            ReadOnlySpan<byte> body = file.AsSpan(at + 8, length - 12);
            if (type == 1) links.Add(BinaryPrimitives.ReadUInt16LittleEndian(body));
            if (type == 6)
            {
                int link = links[BinaryPrimitives.ReadInt32LittleEndian(body)];
                Frame(link, body.Slice(20, BinaryPrimitives.ReadInt32LittleEndian(body[12..])));
            }

            at += length;
        }
    }

    private void Frame(int link, ReadOnlySpan<byte> frame)
    {
        int skip = link switch { 1 => 14, 113 => 16, 0 or 108 => 4, _ => 0 };
        if (frame.Length < skip) return;
        if (link == 1)
        {
            while (frame.Length >= skip + 4 && BinaryPrimitives.ReadUInt16BigEndian(frame[(skip - 2)..]) is 0x8100 or 0x88a8) skip += 4;
        }

        Packet(frame[skip..]);
    }

    private void Packet(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < 20) return;
        if (packet[0] >> 4 == 4)
        {
            int header = (packet[0] & 15) * 4;
            int total = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
            if (total == 0 || total > packet.Length) total = packet.Length;
            if (header > total) return;
            Segment(packet[9], IpAddress.ReadIpv4(packet[12..]).ToString(), IpAddress.ReadIpv4(packet[16..]).ToString(), packet[header..total]);
        }
        else if (packet[0] >> 4 == 6 && packet.Length >= 40)
        {
            int length = Math.Min(packet.Length - 40, BinaryPrimitives.ReadUInt16BigEndian(packet[4..]));
            Segment(packet[6], IpAddress.ReadIpv6(packet[8..]).ToString(), IpAddress.ReadIpv6(packet[24..]).ToString(), packet.Slice(40, length));
        }
    }

    private void Segment(byte protocol, string source, string destination, ReadOnlySpan<byte> segment)
    {
        if (protocol is not (Tcp or Udp) || segment.Length < (protocol == Tcp ? 20 : 8)) return;
        int from = BinaryPrimitives.ReadUInt16BigEndian(segment), to = BinaryPrimitives.ReadUInt16BigEndian(segment[2..]);
        bool opens = protocol == Tcp && (segment[13] & 0x12) == 0x02;
        (Conversation talk, Direction direction) = Find(protocol, source, from, destination, to, opens);
        if (protocol == Udp)
        {
            talk.Said.Add((direction, segment[8..].ToArray()));
            return;
        }

        int header = (segment[12] >> 4) * 4;
        if (header > segment.Length) return;
        Tcp4(talk, direction, BinaryPrimitives.ReadUInt32BigEndian(segment[4..]), (segment[13] & 2) != 0, segment[header..].ToArray());
    }

    private (Conversation Talk, Direction Direction) Find(byte protocol, string source, int from, string destination, int to, bool opens)
    {
        string there = $"{protocol} {source} {from} {destination} {to}", back = $"{protocol} {destination} {to} {source} {from}";
        if (!opens && _open.TryGetValue(there, out Conversation? known)) return (known, Direction.ToServer);
        if (!opens && _open.TryGetValue(back, out known)) return (known, Direction.ToClient);
        var talk = new Conversation { Protocol = protocol, Client = source, ClientPort = from, Server = destination, ServerPort = to };
        _open[there] = talk;
        _open.Remove(back);
        All.Add(talk);
        return (talk, Direction.ToServer);
    }

    private static void Tcp4(Conversation talk, Direction direction, uint sequence, bool syn, byte[] bytes)
    {
        int side = (int)direction;
        if (syn) sequence++;
        if (syn || !talk.Known[side])
        {
            talk.Known[side] = true;
            talk.Next[side] = sequence;
        }

        if (bytes.Length > 0) talk.Early[side].Add((sequence, bytes));
        while (true)
        {
            int found = talk.Early[side].FindIndex(one => (int)(one.Sequence - talk.Next[side]) <= 0);
            if (found < 0) return;
            (uint start, byte[] piece) = talk.Early[side][found];
            talk.Early[side].RemoveAt(found);
            int old = (int)(talk.Next[side] - start);
            if (old >= piece.Length) continue;
            talk.Said.Add((direction, piece[old..]));
            talk.Next[side] += (uint)(piece.Length - old);
        }
    }
}
