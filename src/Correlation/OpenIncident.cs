using Sensor.Primitives;

namespace Sensor.Correlation;

/// <summary>An incident while it grows.</summary>
internal sealed class OpenIncident(long id, IpAddress device, int maximumMembers)
{
    private readonly List<long> _alertIds = [], _flowIds = [];
    private readonly List<IpAddress> _remotes = [];
    private readonly SortedSet<KillChainStage> _stages = [];
    private readonly SortedSet<ThreatClass> _classes = [];
    private PacketTime _first;
    private Severity _severity;
    private ThreatClass _gravest;
    private long _count;
    private int _revision;

    public PacketTime LastAlert { get; private set; }

    public void Revise() => _revision++;

    /// <summary>True when there is something new to tell.</summary>
    public bool Add(in CorrelationInput alert)
    {
        bool news = _stages.Add(KillChain.StageOf(alert.Class)) | _classes.Add(alert.Class);
        bool graver = alert.Severity > _severity
            || (alert.Severity == _severity && KillChain.StageOf(alert.Class) > KillChain.StageOf(_gravest));
        if (graver) _gravest = alert.Class;
        news |= alert.Severity > _severity;
        _severity = (Severity)Math.Max((byte)_severity, (byte)alert.Severity);
        if (_count == 0) _first = alert.Time;
        if (alert.Time > LastAlert) LastAlert = alert.Time;
        _count++;
        news |= long.IsPow2(_count);
        Remember(_alertIds, alert.AlertId);
        Remember(_flowIds, alert.FlowId);
        Remember(_remotes, alert.Remote);
        if (news) _revision++;
        return news;
    }

    public Incident Snapshot(bool isOpen) => new()
    {
        Id = id,
        Revision = _revision,
        IsOpen = isOpen,
        Device = device,
        FirstAlert = _first,
        LastAlert = LastAlert,
        Severity = _severity,
        Stages = [.. _stages],
        Classes = [.. _classes],
        GravestClass = _gravest,
        AlertCount = _count,
        AlertIds = [.. _alertIds],
        FlowIds = [.. _flowIds],
        Remotes = [.. _remotes],
    };

    private void Remember<T>(List<T> members, T member)
    {
        if (members.Count < maximumMembers && !members.Contains(member)) members.Add(member);
    }
}
