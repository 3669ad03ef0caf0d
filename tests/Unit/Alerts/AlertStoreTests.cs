using Sensor.Alerts;
using Sensor.Alerts.Store;
using Sensor.Primitives;

namespace Sensor.Tests.Alerts;

public sealed class AlertStoreTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("store").FullName;

    private string DatabasePath => Path.Combine(_directory, "alerts.db");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static AlertRecord Alert(long id, Severity severity = Severity.High, ThreatClass threat = ThreatClass.Tor, string device = "192.168.1.10") =>
        RecordCodecTests.Sample with { Id = id, Time = new PacketTime(id * 1000), Severity = severity, ThreatClass = threat, Device = IpAddress.Parse(device) };

    private AlertStore Open(int maximumAlerts = 1000) => new(new AlertStoreOptions { Path = DatabasePath, MaximumAlerts = maximumAlerts, RetryDelay = TimeSpan.Zero });

    [Fact]
    public void Alerts_are_listed_newest_first_filtered_and_found_by_id()
    {
        using AlertStore store = Open();
        for (int id = 1; id <= 40; id++) store.Add(Alert(id, (Severity)(1 + (id % 4)), id % 2 == 0 ? ThreatClass.Tor : ThreatClass.Ransomware, id > 20 ? "10.0.0.1" : "10.0.0.2"));
        store.Flush();
        Assert.Equal([40, 39, 38], store.Reader.List(new AlertQuery { Limit = 3 }).Select(alert => alert.Id));
        Assert.Equal([39, 35, 31], store.Reader.List(new AlertQuery { Limit = 3, MinimumSeverity = Severity.High }).Select(alert => alert.Id));
        Assert.All(store.Reader.List(new AlertQuery { Class = ThreatClass.Tor }), alert => Assert.Equal(ThreatClass.Tor, alert.ThreatClass));
        Assert.Equal(20, store.Reader.List(new AlertQuery { Device = IpAddress.Parse("10.0.0.1") }).Count);
        Assert.Equal([40, 39], store.Reader.List(new AlertQuery { Since = new PacketTime(39_000) }).Select(alert => alert.Id));
        Assert.Equal([9, 8], store.Reader.List(new AlertQuery { BeforeId = 10, Limit = 2 }).Select(alert => alert.Id));
        Assert.Equivalent(Alert(7, Severity.High, ThreatClass.Ransomware, "10.0.0.2"), store.Reader.Find(7), strict: true);
        Assert.Null(store.Reader.Find(77));
        Assert.Equal((40, 0), store.Reader.HighestIds());
        Assert.Equal(10, store.Reader.Counts()[Severity.Medium]);
    }

    [Fact]
    public void Beyond_the_limit_the_least_severe_and_oldest_go()
    {
        using AlertStore store = Open(maximumAlerts: 100);
        for (int id = 1; id <= 50; id++) store.Add(Alert(id));
        for (int id = 51; id <= 150; id++) store.Add(Alert(id, Severity.Low));
        store.Flush();
        IReadOnlyList<AlertRecord> left = store.Reader.List(new AlertQuery { Limit = 1000 });
        Assert.Equal(95, left.Count);
        Assert.Equal(50, left.Count(alert => alert.Severity == Severity.High));
        Assert.Equal(150, left[0].Id);
    }

    [Fact]
    public void Incidents_keep_their_newest_revision()
    {
        using AlertStore store = Open();
        store.Add(new IncidentRecord { Id = 1, Revision = 1, IsOpen = true, LastAlert = new PacketTime(1) });
        store.Flush();
        store.Add(new IncidentRecord { Id = 1, Revision = 2, IsOpen = false, LastAlert = new PacketTime(2) });
        store.Add(new IncidentRecord { Id = 2, Revision = 1, IsOpen = true, LastAlert = new PacketTime(1) });
        store.Flush();
        Assert.Equal([(1L, 2), (2L, 1)], store.Reader.Incidents(10).Select(incident => (incident.Id, incident.Revision)));
        Assert.Equal(2, Assert.Single(store.Reader.Incidents(10, openOnly: true)).Id);
    }

    [Fact]
    public void A_damaged_database_is_set_aside_and_begun_anew()
    {
        File.WriteAllText(DatabasePath, string.Concat(Enumerable.Repeat("this is not a database ", 500)));
        using AlertStore store = Open();
        store.Add(Alert(1));
        store.Flush();
        Assert.Null(store.Problem);
        Assert.Equal(1, store.SetAside);
        Assert.Single(store.Reader.List(new AlertQuery()));
        Assert.True(File.Exists(DatabasePath + ".damaged"));
    }

    [Fact]
    public void A_database_damaged_while_in_use_is_set_aside_too()
    {
        string? announced = null;
        using (AlertStore store = Open())
        {
            for (int id = 1; id <= 500; id++) store.Add(Alert(id));
            store.Flush();
        }

        byte[] bytes = File.ReadAllBytes(DatabasePath);
        for (int at = 4096; at < bytes.Length; at++) bytes[at] = 0xFF;
        File.WriteAllBytes(DatabasePath, bytes);
        using AlertStore damaged = new(new AlertStoreOptions { Path = DatabasePath, RetryDelay = TimeSpan.Zero });
        damaged.ProblemChanged += problem => announced ??= problem;
        damaged.Add(Alert(501));
        damaged.Flush();
        Assert.Equal(1, damaged.SetAside);
        Assert.Equal([501], damaged.Reader.List(new AlertQuery()).Select(alert => alert.Id));
    }

    [Fact]
    public void A_path_that_cannot_be_written_keeps_alerts_waiting_until_it_can()
    {
        string blocked = Path.Combine(_directory, "blocked");
        File.WriteAllText(blocked, "a file where the directory should be");
        var problems = new List<string?>();
        using var store = new AlertStore(new AlertStoreOptions { Path = Path.Combine(blocked, "alerts.db"), RetryDelay = TimeSpan.Zero, MaximumPending = 2 });
        store.ProblemChanged += problems.Add;
        Assert.Contains("cannot write the alert store", store.Problem, StringComparison.Ordinal);
        for (int id = 1; id <= 3; id++) store.Add(Alert(id));
        store.Flush();
        File.Delete(blocked);
        store.Flush();
        Assert.Null(store.Problem);
        Assert.Equal([null], problems);
        Assert.Equal([3, 2], store.Reader.List(new AlertQuery()).Select(alert => alert.Id));
        Assert.Equal(1, store.AlertsLost);
    }
}
