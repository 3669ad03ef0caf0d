using Sensor.Engine;

namespace Sensor.Daemon;

/// <summary>
/// Feeds systemd's watchdog from the data path: a ping is sent only when every worker has moved since the last one. A
/// stuck worker therefore restarts the service; a stuck uplink does not.
/// </summary>
internal sealed class Watchdog(SystemdNotifier systemd, Pipeline pipeline, TimeProvider clock)
{
    private long _ticks = -1;

    public async Task RunAsync(CancellationToken cancel)
    {
        if (systemd.WatchdogInterval is not { } interval) return;
        using var timer = new PeriodicTimer(interval / 3, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel)) Ping();
        }
        catch (OperationCanceledException)
        {
            // The service stops; systemd has been told.
        }
    }

    internal void Ping()
    {
        long ticks = pipeline.SlowestTicks;
        if (ticks == _ticks && !pipeline.Finished) return;
        _ticks = ticks;
        systemd.Watchdog();
    }
}
