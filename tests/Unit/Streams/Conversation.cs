using System.Text;
using Sensor.Decode;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Streams;

namespace Sensor.Tests.Streams;

/// <summary>
/// A TCP conversation as a transcript: packets go in with offsets relative to each side's SYN, and what readers would
/// have seen comes out as text, gaps as <c>[n]</c>. Client numbers start at 1000, server numbers at 5000.
/// </summary>
internal sealed class Conversation : IFlowEndHandler
{
    public const uint ClientIsn = 1000, ServerIsn = 5000;

    private readonly FlowTable _flows;
    private readonly StringBuilder _toServer = new(), _toClient = new();
    private long _nanoseconds = 1_000_000_000_000;

    public Conversation(StreamOptions? options = null)
    {
        Tracker = new StreamTracker(options ?? new StreamOptions());
        _flows = new FlowTable(new FlowOptions { Seed = 1 }, this);
    }

    public StreamTracker Tracker { get; }

    public Flow Flow { get; private set; } = null!;

    public TcpSession Session => (TcpSession)Flow.Transport!;

    /// <summary>Events of the last packet.</summary>
    public EventSet Last;

    /// <summary>Names of all events so far, in the order they came, with repetitions.</summary>
    public List<string> Events { get; } = [];

    public StreamVerdict Verdict { get; private set; }

    public string ToServer => _toServer.ToString();

    public string ToClient => _toClient.ToString();

    /// <summary>Bases of the sequence numbers, for wraparound.</summary>
    public uint ClientBase { get; init; } = ClientIsn;

    public uint ServerBase { get; init; } = ServerIsn;

    /// <summary>A reader that never trims nor advances leaves everything retained.</summary>
    public bool Trims { get; init; } = true;

    /// <summary>Timestamp option of the next packets of a side, null for none.</summary>
    public (uint Value, uint Echo)? ClientTime { get; set; }

    public (uint Value, uint Echo)? ServerTime { get; set; }

    void IFlowEndHandler.FlowEnded(Flow flow)
    {
        Verdict = Tracker.Flush(flow);
        if (flow.Transport is TcpSession session) ReadAll(session);
        Tracker.Release(flow);
    }

    public Conversation Handshake(ushort window = 65535, sbyte scale = 7)
    {
        Client("S", window: window, scale: scale);
        Server("SA", ack: 0, window: window, scale: scale);
        return Client("A", ack: 0, window: window);
    }

    /// <summary>A packet of the client; <paramref name="at"/> and <paramref name="ack"/> count from the byte after the SYNs.</summary>
    public Conversation Client(string flags, string data = "", long at = 0, long ack = -1, ushort window = 65535, sbyte scale = -1, PacketFlags packetFlags = 0, ushort urgent = 0, byte[]? options = null, uint? raw = null) =>
        Send(true, flags, Encoding.Latin1.GetBytes(data), at, ack, window, scale, packetFlags, urgent, options, raw);

    public Conversation Server(string flags, string data = "", long at = 0, long ack = -1, ushort window = 65535, sbyte scale = -1, PacketFlags packetFlags = 0, ushort urgent = 0, byte[]? options = null, uint? raw = null) =>
        Send(false, flags, Encoding.Latin1.GetBytes(data), at, ack, window, scale, packetFlags, urgent, options, raw);

    public Conversation Later(double seconds)
    {
        _nanoseconds += (long)(seconds * 1e9);
        return this;
    }

    /// <summary>The flow ends: everything kept is read.</summary>
    public Conversation End()
    {
        _flows.EndAll(FlowEndReason.Shutdown);
        return this;
    }

    public Conversation Send(bool fromClient, string flags, byte[] data, long at, long ack, ushort window, sbyte scale, PacketFlags packetFlags, ushort urgent, byte[]? options, uint? raw)
    {
        TcpFlags tcpFlags = Parse(flags);
        bool syn = (tcpFlags & TcpFlags.Syn) != 0;
        PacketView view = default;
        _nanoseconds += 1_000_000;
        view.Raw = new RawPacket(default, 54 + data.Length, new PacketTime(_nanoseconds), LinkType.Ethernet, 1);
        view.IpVersion = 4;
        view.IpProtocol = 6;
        view.HasTransport = true;
        view.Flags = packetFlags;
        view.Source = IpAddress.Parse(fromClient ? "10.0.0.1" : "192.0.2.1");
        view.Destination = IpAddress.Parse(fromClient ? "192.0.2.1" : "10.0.0.1");
        view.SourcePort = (ushort)(fromClient ? 40000 : 80);
        view.DestinationPort = (ushort)(fromClient ? 80 : 40000);
        view.TcpFlags = tcpFlags;
        view.Sequence = raw ?? (uint)((fromClient ? ClientBase : ServerBase) + (syn ? 0 : 1) + at);
        view.Acknowledgment = (tcpFlags & TcpFlags.Ack) != 0 || ack >= 0 ? (uint)((fromClient ? ServerBase : ClientBase) + 1 + Math.Max(0, ack)) : 0;
        view.Window = window;
        view.WindowScale = scale;
        view.UrgentPointer = urgent;
        view.TcpOptions = options;
        view.Payload = data;
        if ((fromClient ? ClientTime : ServerTime) is (uint value, uint echo))
        {
            view.HasTimestamps = true;
            view.TimestampValue = value;
            view.TimestampEcho = echo;
        }

        Flow = _flows.FindOrAdd(ref view, out Direction direction)!;
        Verdict = Tracker.Track(Flow, ref view, direction, out Last);
        for (int number = Last.Next(1); number >= 0; number = Last.Next(number + 1)) Events.Add(StreamEventNames.Name((StreamEvent)number));
        if (Flow.Transport is TcpSession session) ReadAll(session);
        return this;
    }

    private void ReadAll(TcpSession session)
    {
        bool toServer = ReadHalf(session.ToServer, _toServer), toClient = ReadHalf(session.ToClient, _toClient);
        Assert.True(!toServer || (Verdict & StreamVerdict.NewToServer) != 0, "bytes for the server without NewToServer");
        Assert.True(!toClient || (Verdict & StreamVerdict.NewToClient) != 0, "bytes for the client without NewToClient");
        if (Trims) Tracker.Trim(session);
    }

    private static bool ReadHalf(StreamHalf half, StringBuilder text)
    {
        long before = half.ParsedTo;
        while (true)
        {
            ReadOnlySpan<byte> bytes = half.Read(half.ParsedTo);
            text.Append(Encoding.Latin1.GetString(bytes));
            half.ParsedTo += bytes.Length;
            if (!bytes.IsEmpty) continue;
            long gap = half.GapAt(half.ParsedTo);
            if (gap == 0) break;
            text.Append('[').Append(gap).Append(']');
            half.ParsedTo += gap;
        }

        half.InspectedTo = half.ParsedTo;
        Assert.Equal(half.ReadableTo, half.ParsedTo);
        return half.ParsedTo > before;
    }

    private static TcpFlags Parse(string flags)
    {
        TcpFlags parsed = TcpFlags.None;
        foreach (char flag in flags)
        {
            parsed |= flag switch
            {
                'S' => TcpFlags.Syn,
                'A' => TcpFlags.Ack,
                'F' => TcpFlags.Fin,
                'R' => TcpFlags.Rst,
                'P' => TcpFlags.Psh,
                'U' => TcpFlags.Urg,
                _ => throw new ArgumentException($"unknown TCP flag {flag}"),
            };
        }

        return parsed;
    }
}
