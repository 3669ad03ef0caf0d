namespace Sensor.Tests.Support.Traffic;

/// <summary>A TCP connection as two well-behaved hosts hold it: every segment is acknowledged by the other side.</summary>
public sealed class TcpConversation(TrafficBuilder traffic, Host client, ushort clientPort, Host server, ushort serverPort)
{
    /// <summary>Bytes of payload a segment carries at most (Ethernet, IPv4, no options).</summary>
    public const int SegmentSize = 1460;

    private uint _clientNext = 1000u * clientPort;
    private uint _serverNext = 77_777u * clientPort;

    public ushort ClientPort => clientPort;

    public TcpConversation Open()
    {
        byte[] maximumSegmentSize = [2, 4, 0x05, 0xB4];
        FromClient(FrameBuilder.Syn, default, maximumSegmentSize);
        _clientNext++;
        FromServer(FrameBuilder.Syn | FrameBuilder.Ack, default, maximumSegmentSize);
        _serverNext++;
        FromClient(FrameBuilder.Ack);
        return this;
    }

    public TcpConversation ClientSends(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int take = Math.Min(SegmentSize, bytes.Length);
            FromClient(FrameBuilder.Psh | FrameBuilder.Ack, bytes[..take]);
            _clientNext += (uint)take;
            bytes = bytes[take..];
            FromServer(FrameBuilder.Ack);
        }

        return this;
    }

    public TcpConversation ServerSends(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int take = Math.Min(SegmentSize, bytes.Length);
            FromServer(FrameBuilder.Psh | FrameBuilder.Ack, bytes[..take]);
            _serverNext += (uint)take;
            bytes = bytes[take..];
            FromClient(FrameBuilder.Ack);
        }

        return this;
    }

    public TcpConversation Close()
    {
        FromClient(FrameBuilder.Fin | FrameBuilder.Ack);
        _clientNext++;
        FromServer(FrameBuilder.Fin | FrameBuilder.Ack);
        _serverNext++;
        FromClient(FrameBuilder.Ack);
        return this;
    }

    public TcpConversation Reset()
    {
        FromClient(FrameBuilder.Rst | FrameBuilder.Ack);
        return this;
    }

    private void FromClient(byte flags, ReadOnlySpan<byte> payload = default, ReadOnlySpan<byte> options = default) =>
        traffic.Send(FrameBuilder.Tcp(client, clientPort, server, serverPort, _clientNext, (flags & FrameBuilder.Ack) != 0 ? _serverNext : 0, flags, payload, options: options));

    private void FromServer(byte flags, ReadOnlySpan<byte> payload = default, ReadOnlySpan<byte> options = default) =>
        traffic.Send(FrameBuilder.Tcp(server, serverPort, client, clientPort, _serverNext, _clientNext, flags, payload, options: options));
}
