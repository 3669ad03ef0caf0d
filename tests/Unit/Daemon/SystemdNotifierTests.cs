using System.Net.Sockets;
using System.Text;
using Sensor.Daemon;

namespace Sensor.Tests.Daemon;

public class SystemdNotifierTests
{
    [Fact]
    public void Each_message_is_one_datagram_in_sd_notify_form()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("notify-").FullName, "socket");
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(path));
        using var notifier = new SystemdNotifier(path, "30000000");
        Assert.Equal(TimeSpan.FromSeconds(30), notifier.WatchdogInterval);

        notifier.Ready("watching eth1");
        Assert.Equal("READY=1\nSTATUS=watching eth1", Receive());
        notifier.Watchdog();
        Assert.Equal("WATCHDOG=1", Receive());
        notifier.Reloading();
        Assert.Matches("^RELOADING=1\nMONOTONIC_USEC=[0-9]+$", Receive());
        notifier.Stopping();
        Assert.Equal("STOPPING=1", Receive());

        string Receive()
        {
            byte[] room = new byte[256];
            return Encoding.UTF8.GetString(room, 0, systemd.Receive(room));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/nowhere/notify")]
    public void Without_systemd_nothing_happens(string? address)
    {
        using var notifier = new SystemdNotifier(address, null);
        notifier.Ready("x");
        notifier.Watchdog();
        Assert.Null(notifier.WatchdogInterval);
    }
}
