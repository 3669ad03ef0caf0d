namespace Sensor.Alerts.Spool;

/// <summary>Puts alerts into the spool; a flush of the event thread is a group commit.</summary>
public sealed class SpoolConsumer(AlertSpool spool) : IEventConsumer
{
    public string Name => "spool";

    public void Consume(scoped in SensorEvent happened)
    {
        if (happened.Alert is { } alert) spool.Append(alert);
    }

    public void Flush() => spool.Flush();
}
