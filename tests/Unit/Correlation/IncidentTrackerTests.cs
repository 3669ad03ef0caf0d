using Sensor.Correlation;
using Sensor.Primitives;

namespace Sensor.Tests.Correlation;

public class IncidentTrackerTests
{
    private static readonly IncidentOptions Options = new() { Window = TimeSpan.FromMinutes(60), MaximumOpen = 3, MaximumMembers = 4 };

    private long _alertId;

    private CorrelationInput Alert(ThreatClass threat, double minute, string device = "192.168.1.10", Severity severity = Severity.High, bool acted = true, string remote = "203.0.113.5") =>
        new(++_alertId, 1000 + _alertId, PacketTime.FromUnix(1_700_000_000 + (long)(minute * 60), 0), IpAddress.Parse(device), IpAddress.Parse(remote), acted, threat, severity);

    private static List<Incident> Add(IncidentTracker tracker, params CorrelationInput[] alerts)
    {
        var changed = new List<Incident>();
        foreach (CorrelationInput alert in alerts) tracker.Add(alert, changed);
        return changed;
    }

    [Fact]
    public void A_drive_by_attack_is_one_incident_whose_steps_follow_the_chain()
    {
        var tracker = new IncidentTracker(Options);
        List<Incident> changed = Add(
            tracker,
            Alert(ThreatClass.TamperedSite, 0, severity: Severity.Medium),
            Alert(ThreatClass.RedirectSite, 1, severity: Severity.Medium),
            Alert(ThreatClass.CommandAndControl, 50),
            Alert(ThreatClass.MalwareDownload, 2),
            Alert(ThreatClass.Other, 51, severity: Severity.Info));
        Incident last = changed[^1];
        Assert.Single(tracker.Open);
        Assert.Equal([1, 2, 3, 4, 5], changed.Select(incident => incident.Revision));
        Assert.All(changed, incident => Assert.Equal(last.Id, incident.Id));
        Assert.Equal(
            [KillChainStage.Other, KillChainStage.Delivery, KillChainStage.Installation, KillChainStage.CommandAndControl], last.Stages);
        Assert.Equal((Severity.High, ThreatClass.CommandAndControl, 5L), (last.Severity, last.GravestClass, last.AlertCount));
        Assert.Equal([1, 2, 3, 4], last.AlertIds);
        Assert.Single(last.Remotes);
    }

    [Fact]
    public void A_pause_longer_than_the_window_begins_another_incident()
    {
        var tracker = new IncidentTracker(Options);
        List<Incident> changed = Add(tracker, Alert(ThreatClass.Tor, 0), Alert(ThreatClass.Tor, 61));
        Assert.Equal([true, false, true], changed.Select(incident => incident.IsOpen));
        Assert.Equal(changed[0].Id, changed[1].Id);
        Assert.True(changed[2].Id > changed[1].Id);
        changed.Clear();
        tracker.Expire(PacketTime.FromUnix(1_700_000_000 + (122 * 60), 0), changed);
        Assert.False(Assert.Single(changed).IsOpen);
        Assert.Equal(0, tracker.OpenCount);
    }

    [Fact]
    public void Being_scanned_is_another_story_than_what_the_device_does()
    {
        var tracker = new IncidentTracker(Options);
        Add(tracker, Alert(ThreatClass.Reconnaissance, 0, acted: false), Alert(ThreatClass.CommandAndControl, 1), Alert(ThreatClass.Reconnaissance, 2, acted: true));
        Assert.Equal([1, 2], tracker.Open.Select(incident => incident.AlertCount).Order());
    }

    [Fact]
    public void What_matters_little_or_is_of_no_class_opens_nothing()
    {
        var tracker = new IncidentTracker(Options);
        Assert.Empty(Add(tracker, Alert(ThreatClass.Other, 0), Alert(ThreatClass.Tor, 0, severity: Severity.Low)));
    }

    [Fact]
    public void A_storm_gives_few_revisions()
    {
        var tracker = new IncidentTracker(Options);
        List<Incident> changed = Add(tracker, [.. Enumerable.Range(0, 1000).Select(_ => Alert(ThreatClass.CommandAndControl, 0))]);
        Assert.Equal(10, changed.Count);
        Assert.Equal(512, changed[^1].AlertCount);
        Assert.Equal(4, changed[^1].AlertIds.Count);
        Assert.Equal(1000, tracker.Open.Single().AlertCount);
    }

    [Fact]
    public void When_too_many_are_open_the_quietest_is_closed()
    {
        var tracker = new IncidentTracker(Options);
        List<Incident> changed = Add(tracker, [.. Enumerable.Range(1, 4).Select(i => Alert(ThreatClass.Tor, i, device: $"10.0.0.{i}"))]);
        Assert.Equal(3, tracker.OpenCount);
        Assert.Equal(1, tracker.ClosedForRoom);
        Assert.Equal(IpAddress.Parse("10.0.0.1"), changed.Single(incident => !incident.IsOpen).Device);
    }

    [Fact]
    public void Every_class_has_a_stage()
    {
        Assert.Equal(13, ThreatClasses.Count);
        for (int i = 1; i < ThreatClasses.Count; i++) Assert.NotEqual(KillChainStage.Other, KillChain.StageOf((ThreatClass)i));
    }
}
