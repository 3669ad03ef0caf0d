using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Sensor.Tests.EndToEnd;

/// <summary>systemd's end of sd_notify(3): a datagram socket whose messages are kept in order.</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly ConcurrentQueue<string> _messages = new();
    private readonly Func<bool> _probe;

    /// <param name="probe">Asked at the very moment in which the first READY=1 arrives; the answer is <see cref="ProbeAtReady"/>.</param>
    public NotifySocket(string path, Func<bool> probe)
    {
        Path = path;
        _probe = probe;
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        new Thread(Listen) { IsBackground = true }.Start();
    }

    public string Path { get; }

    public bool? ProbeAtReady { get; private set; }

    public IReadOnlyList<string> Messages => [.. _messages];

    public int Count(string prefix) => _messages.Count(message => message.StartsWith(prefix, StringComparison.Ordinal));

    public void Dispose() => _socket.Dispose();

    private void Listen()
    {
        byte[] room = new byte[4096];
        try
        {
            while (true)
            {
                string message = Encoding.UTF8.GetString(room, 0, _socket.Receive(room));
                if (ProbeAtReady is null && message.StartsWith("READY=1", StringComparison.Ordinal)) ProbeAtReady = _probe();
                _messages.Enqueue(message);
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
