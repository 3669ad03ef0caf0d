using Sensor.Alerts.Explanations;
using Sensor.Correlation;
using Sensor.Primitives;

namespace Sensor.Alerts;

/// <summary>Feeds alerts to the incident tracker and hands each new revision on (spool, store). Stands before them among the consumers.</summary>
/// <param name="publish">Where incident records go.</param>
public sealed class IncidentConsumer(IncidentTracker tracker, Action<IncidentRecord> publish) : IEventConsumer
{
    private readonly List<Incident> _changed = [];
    private PacketTime _now;
    private PacketTime _expired;

    public string Name => "incidents";

    public void Consume(scoped in SensorEvent happened)
    {
        if (happened.Header.Time > _now) _now = happened.Header.Time;
        if (happened.Alert is not { } alert) return;
        IpAddress client = happened.Header.Direction == Direction.ToServer ? alert.Source : alert.Destination;
        tracker.Add(
            new CorrelationInput(alert.Id, alert.FlowId, alert.Time, alert.Device, alert.Remote, client == alert.Device, alert.ThreatClass, alert.Severity), _changed);
        Publish();
    }

    public void Flush()
    {
        if (_now - _expired < TimeSpan.FromSeconds(1)) return;
        _expired = _now;
        tracker.Expire(_now, _changed);
        Publish();
    }

    private void Publish()
    {
        foreach (Incident incident in _changed) publish(IncidentExplainer.ToRecord(incident));
        _changed.Clear();
    }
}
