using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Sensor.Daemon;

/// <summary>
/// Tells systemd how the service is (sd_notify(3)): one datagram per message to the socket named by NOTIFY_SOCKET.
/// Without that variable every call does nothing, so the daemon runs the same from a shell.
/// </summary>
internal sealed class SystemdNotifier : IDisposable
{
    private readonly Socket? _socket;

    public SystemdNotifier(string? address, string? watchdogMicroseconds)
    {
        if (long.TryParse(watchdogMicroseconds, CultureInfo.InvariantCulture, out long microseconds) && microseconds > 0)
            WatchdogInterval = TimeSpan.FromMicroseconds(microseconds);
        if (string.IsNullOrEmpty(address)) return;
        // A leading @ means the abstract namespace, written with a zero byte.
        string path = address[0] == '@' ? "\0" + address[1..] : address;
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            _socket.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            _socket.Dispose();
            _socket = null;
        }
    }

    public static SystemdNotifier FromEnvironment() => new(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"), Environment.GetEnvironmentVariable("WATCHDOG_USEC"));

    /// <summary>The service is restarted when no <see cref="Watchdog"/> arrives within this time; null when not asked for.</summary>
    public TimeSpan? WatchdogInterval { get; }

    public void Ready(string status) => Send($"READY=1\nSTATUS={status}");

    /// <summary>A reload has begun; <see cref="Ready"/> ends it. The monotonic stamp is what Type=notify-reload asks for.</summary>
    public void Reloading() => Send($"RELOADING=1\nMONOTONIC_USEC={System.Diagnostics.Stopwatch.GetTimestamp() / (System.Diagnostics.Stopwatch.Frequency / 1_000_000)}");

    public void Stopping() => Send("STOPPING=1");

    public void Status(string status) => Send($"STATUS={status}");

    public void Watchdog() => Send("WATCHDOG=1");

    public void Dispose() => _socket?.Dispose();

    private void Send(string message)
    {
        try
        {
            _socket?.Send(Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\n")));
        }
        catch (SocketException)
        {
            // systemd went away (a container being torn down); the sensor goes on without it.
        }
    }
}
