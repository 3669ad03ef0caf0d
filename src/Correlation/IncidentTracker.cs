using Sensor.Primitives;

namespace Sensor.Correlation;

/// <summary>
/// Puts alerts that tell one story into one incident: same device, related classes, not too far apart. One thread only.
/// - Being scanned from outside is a story of its own: it says nothing about the device's state.
/// - Everything else a device does along the kill chain belongs together.
/// - Traffic of no known class joins a story but makes none.
/// A new revision is answered when the story changes (severity, class, step) or its count doubles, so an alert storm
/// gives few revisions.
/// </summary>
public sealed class IncidentTracker(IncidentOptions options)
{
    private enum Story : byte { Intrusion, Probed }

    private readonly Dictionary<(IpAddress Device, Story Story), OpenIncident> _open = [];
    private long _lastId;

    public int OpenCount => _open.Count;

    /// <summary>Incidents closed early because too many were open.</summary>
    public long ClosedForRoom { get; private set; }

    public IEnumerable<Incident> Open => _open.Values.Select(incident => incident.Snapshot(isOpen: true));

    /// <summary>Ids go on after this one (the highest the store knows).</summary>
    public void ContinueAfter(long id) => _lastId = Math.Max(_lastId, id);

    /// <summary>Takes an alert. What changed is appended to <paramref name="changed"/>: the incident's new revision, and what had to be closed.</summary>
    public void Add(in CorrelationInput alert, List<Incident> changed)
    {
        Story story = alert is { Class: ThreatClass.Reconnaissance, DeviceActed: false } ? Story.Probed : Story.Intrusion;
        (IpAddress, Story) key = (alert.Device, story);
        if (_open.TryGetValue(key, out OpenIncident? incident) && alert.Time - incident.LastAlert > options.Window)
        {
            Close(key, changed);
            incident = null;
        }

        if (incident is null)
        {
            if (alert.Severity < options.OpensFrom || alert.Class == ThreatClass.Other) return;
            if (_open.Count >= options.MaximumOpen) CloseQuietest(changed);
            _open[key] = incident = new OpenIncident(NextId(alert.Time), alert.Device, options.MaximumMembers);
        }

        if (incident.Add(alert)) changed.Add(incident.Snapshot(isOpen: true));
    }

    /// <summary>Closes what has been quiet for the window at <paramref name="now"/>.</summary>
    public void Expire(PacketTime now, List<Incident> changed)
    {
        foreach ((IpAddress, Story) key in _open.Where(pair => now - pair.Value.LastAlert > options.Window).Select(pair => pair.Key).ToList()) Close(key, changed);
    }

    // Microseconds of packet time, made to grow: readable, unique on the box, and the same in every replay.
    private long NextId(PacketTime time) => _lastId = Math.Max(_lastId + 1, time.Nanoseconds / 1000);

    private void Close((IpAddress, Story) key, List<Incident> changed)
    {
        if (!_open.Remove(key, out OpenIncident? incident)) return;
        incident.Revise();
        changed.Add(incident.Snapshot(isOpen: false));
    }

    private void CloseQuietest(List<Incident> changed)
    {
        ClosedForRoom++;
        Close(_open.MinBy(pair => pair.Value.LastAlert).Key, changed);
    }
}
