namespace Sensor.Daemon;

/// <summary>Keeps the uplink running: it ends only when the service stops, and a defect in it costs a pause, not the sensor.</summary>
internal static class UplinkLoop
{
    private static readonly TimeSpan AfterDefect = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(SensorDaemon daemon, ILogger log, CancellationToken stopping)
    {
        if (daemon.Uplink is not { } uplink) return;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await uplink.RunAsync(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception defect)
            {
                log.LogError(defect, "the uplink broke; alerts wait in the spool and it is started again");
            }

            await Task.Delay(AfterDefect, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
