using System.Buffers.Binary;

namespace Sensor.Tests.Support.Traffic;

/// <summary>One built frame and when it was sent.</summary>
public readonly record struct TimedFrame(long Microseconds, byte[] Bytes);

/// <summary>
/// Writes traffic as a list of frames on one clock: conversations with handshake, acknowledgments and close, so that an
/// engine sees what it would see on a wire. Deterministic: the same calls give the same bytes.
/// </summary>
public sealed class TrafficBuilder
{
    private readonly List<TimedFrame> _frames = [];
    private ushort _nextPort = 49152;

    /// <param name="startMicroseconds">Clock at the first frame, microseconds since 1970 (UTC).</param>
    public TrafficBuilder(long startMicroseconds = 1_795_000_000_000_000)
    {
        Clock = startMicroseconds;
    }

    public long Clock { get; private set; }

    /// <summary>Frames in order of time.</summary>
    public IReadOnlyList<TimedFrame> Frames => _frames;

    /// <summary>Lets time pass.</summary>
    public TrafficBuilder Wait(int milliseconds)
    {
        Clock += milliseconds * 1000L;
        return this;
    }

    public TrafficBuilder Send(byte[] frame)
    {
        _frames.Add(new TimedFrame(Clock, frame));
        Clock += 150;
        return this;
    }

    public ushort NextPort()
    {
        ushort port = _nextPort;
        _nextPort = _nextPort == 65535 ? (ushort)49152 : (ushort)(_nextPort + 1);
        return port;
    }

    public TrafficBuilder Datagram(Host from, ushort fromPort, Host to, ushort toPort, ReadOnlySpan<byte> payload) => Send(FrameBuilder.Udp(from, fromPort, to, toPort, payload));

    /// <summary>Opens a TCP connection (three-way handshake) from a fresh port.</summary>
    public TcpConversation Connect(Host client, Host server, ushort serverPort) => new TcpConversation(this, client, NextPort(), server, serverPort).Open();

    /// <summary>The frames as a pcap file (microseconds, little-endian, Ethernet).</summary>
    public byte[] ToPcap() => ToPcap(_frames);

    public static byte[] ToPcap(IReadOnlyList<TimedFrame> frames)
    {
        byte[] file = new byte[24 + frames.Sum(frame => 16 + frame.Bytes.Length)];
        Span<byte> rest = file;
        BinaryPrimitives.WriteUInt32LittleEndian(rest, 0xA1B2C3D4);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[6..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[16..], 262_144);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[20..], 1);
        rest = rest[24..];
        foreach (TimedFrame frame in frames)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(rest, (uint)(frame.Microseconds / 1_000_000));
            BinaryPrimitives.WriteUInt32LittleEndian(rest[4..], (uint)(frame.Microseconds % 1_000_000));
            BinaryPrimitives.WriteUInt32LittleEndian(rest[8..], (uint)frame.Bytes.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(rest[12..], (uint)frame.Bytes.Length);
            frame.Bytes.CopyTo(rest[16..]);
            rest = rest[(16 + frame.Bytes.Length)..];
        }

        return file;
    }
}
