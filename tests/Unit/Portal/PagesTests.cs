using System.Net;
using System.Text.Json;
using Sensor.Cloud;
using Sensor.Tests.Cloud;
using Sensor.Wire;

namespace Sensor.Tests.Portal;

/// <summary>The pages as a browser gets them.</summary>
public sealed class PagesTests
{
    private const string Hostile = "</code><script>alert('x')</script>\"'><img src=x onerror=alert(1)>&amp;";

    [Fact]
    public async Task Hostile_text_of_every_field_comes_out_as_text()
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        PortalClient box = await portal.EnrolledAsync("box");
        await box.HeartbeatAsync(Filled(new HeartbeatRequest { SensorId = box.Identity.SensorId }), default);
        AlertBatch batch = RunningPortal.Batch(box, 1, Filled(new Alert()));
        batch.Incidents.Add(Filled(new Incident { IncidentId = 5, RecordIds = { 1 } }));
        batch.Alerts[0].RecordId = 1;
        await box.UploadAsync(batch, default);
        string[] paths =
        [
            "/", "/alerts", "/alerts/1", "/incidents", $"/incidents/{box.Identity.SensorId}/5", "/alerts?class=other",
            "/alerts?q=" + Uri.EscapeDataString(Hostile), "/alerts?sensor=" + Uri.EscapeDataString(Hostile), "/alerts?x=" + Uri.EscapeDataString(Hostile),
        ];
        foreach (string path in paths)
        {
            foreach (string language in new[] { "ja", "en" })
            {
                string html = await portal.GetAsync(path, language);
                Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("style=", html, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("{0}", html, StringComparison.Ordinal);
            }
        }

        Assert.Contains("&lt;script&gt;", await portal.GetAsync("/alerts/1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Marks_that_turn_text_around_are_made_visible()
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        PortalClient box = await portal.EnrolledAsync("box");
        await box.UploadAsync(RunningPortal.Batch(box, 1, new Alert { FileName = "photo\u202Egpj.exe", PacketTimeNs = 1 }), default);
        string html = await portal.GetAsync("/alerts/1");
        Assert.DoesNotContain("\u202E", html, StringComparison.Ordinal);
        Assert.Contains("photo\u25A1gpj.exe", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_answer_forbids_scripts_and_frames_and_names_no_server()
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        foreach (string path in new[] { "/", "/alerts", "/nothing", "/style.css", "/api/v1/stats" })
        {
            using HttpResponseMessage response = await portal.Pages.GetAsync(path);
            string policy = response.Headers.GetValues("Content-Security-Policy").Single();
            Assert.StartsWith("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.False(response.Headers.Contains("Server"));
        }
    }

    [Theory]
    [InlineData("/", "ja,en;q=0.5", "<html lang=\"ja\">", "概要")]
    [InlineData("/", "en-US,en;q=0.9,ja;q=0.1", "<html lang=\"en\">", "Overview")]
    [InlineData("/", "fr", "<html lang=\"en\">", "Overview")]
    [InlineData("/?lang=ja", "en", "<html lang=\"ja\">", "概要")]
    [InlineData("/alerts?lang=en", "ja", "<html lang=\"en\">", "No alerts match.")]
    public async Task The_language_is_the_readers(string path, string accept, string tag, string word)
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        string html = await portal.GetAsync(path, accept);
        Assert.Contains(tag, html, StringComparison.Ordinal);
        Assert.Contains(word, html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_class_explains_itself_in_both_languages()
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        PortalClient box = await portal.EnrolledAsync("box");
        Alert alert = TestSource.Sample(1);
        alert.WhatHappened = new LocalizedText { Ja = "端末が攻撃者と通信しました", En = "A device talked to an attacker" };
        alert.WhatToDo = new LocalizedText { Ja = "ネットワークから外してください", En = "Take it off the network" };
        alert.Loss = new LossStamp { LostLastMinute = 1234, LostSinceStart = 5, SeenSinceStart = 100_000 };
        await box.UploadAsync(RunningPortal.Batch(box, 1, alert), default);
        string japanese = await portal.GetAsync("/alerts/1", "ja"), english = await portal.GetAsync("/alerts/1");
        Assert.Contains("端末が攻撃者と通信しました", japanese, StringComparison.Ordinal);
        Assert.Contains("ネットワークから外してください", japanese, StringComparison.Ordinal);
        Assert.Contains("C&amp;C通信", japanese, StringComparison.Ordinal);
        Assert.Contains("Take it off the network", english, StringComparison.Ordinal);
        Assert.Contains("1,234 frames lost in the minute before", english, StringComparison.Ordinal);
        Assert.Contains("0.01&#xA0;%", english, StringComparison.Ordinal);
        Assert.Contains("2023-11-15 07:13:20 JST", english, StringComparison.Ordinal);
        Assert.Contains("2023-11-14 22:13:20 UTC", await portal.GetAsync("/alerts/1?tz=utc"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_box_that_stops_talking_is_called_silent_after_three_heartbeats()
    {
        TestClock clock = new();
        await using RunningPortal portal = await RunningPortal.StartAsync(clock);
        PortalClient box = await portal.EnrolledAsync("branch-1");
        Assert.Contains("Never heard from", await portal.GetAsync("/"), StringComparison.Ordinal);
        await box.HeartbeatAsync(new HeartbeatRequest
        {
            SensorId = box.Identity.SensorId,
            Version = "1.2.3",
            RuleVersion = "2026-01-01",
            RulesLoaded = 17_700,
            RulesFailed = 3,
            Loss = new Loss { Seen = 1000, QueueFull = 10, Inspected = 990 },
            SpoolDepth = 12,
            OldestUnsentSeconds = 600,
        }, default);
        clock.Advance(TimeSpan.FromSeconds(90));
        string html = await portal.GetAsync("/");
        Assert.Contains("Online", html, StringComparison.Ordinal);
        Assert.Contains("10 / 1,000 (1&#xA0;%)", html, StringComparison.Ordinal);
        Assert.Contains("queue_full 10", html, StringComparison.Ordinal);
        Assert.Contains("12, oldest 10 min", html, StringComparison.Ordinal);
        Assert.Contains("17,700 loaded / 3 failed", html, StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("Silent for 1 min", await portal.GetAsync("/"), StringComparison.Ordinal);
        Assert.Contains("0 / 1", await portal.GetAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_filters_by_box_severity_class_and_text()
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        PortalClient one = await portal.EnrolledAsync("one"), other = await portal.EnrolledAsync("other");
        Alert Make(string signature, Severity severity, string threat) => new() { Signature = signature, Severity = severity, ThreatClass = threat, PacketTimeNs = 1 };
        await one.UploadAsync(RunningPortal.Batch(one, 1, Make("Alpha 50%_x", Severity.High, "c2"), Make("Beta", Severity.Low, "tor")), default);
        await other.UploadAsync(RunningPortal.Batch(other, 1, Make("Gamma", Severity.Medium, "c2")), default);
        await Expect("/alerts", "Alpha", "Beta", "Gamma");
        await Expect($"/alerts?sensor={one.Identity.SensorId}", "Alpha", "Beta");
        await Expect("/alerts?severity=3", "Alpha", "Gamma");
        await Expect("/alerts?class=c2", "Alpha", "Gamma");
        await Expect("/alerts?q=aLPHa", "Alpha");
        await Expect("/alerts?q=50%25_", "Alpha");
        await Expect("/alerts?q=5__", []);
        await Expect("/alerts?class=tor&severity=4", []);
        await Expect("/alerts?severity=none&before=x.y", "Alpha", "Beta", "Gamma");

        async Task Expect(string path, params string[] expected)
        {
            string html = await portal.GetAsync(path);
            Assert.Equal(expected, new[] { "Alpha", "Beta", "Gamma" }.Where(name => html.Contains($"<small>{name}", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task Paging_shows_each_alert_once_even_with_equal_times()
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        PortalClient box = await portal.EnrolledAsync("box");
        await box.UploadAsync(RunningPortal.Batch(box, 1, [.. Enumerable.Range(0, 120).Select(index => new Alert { Signature = $"number {index:000}", PacketTimeNs = 1 + (index / 40) })]), default);
        List<string> shown = [];
        for (string? path = "/alerts"; path is not null;)
        {
            string html = await portal.GetAsync(path);
            shown.AddRange(System.Text.RegularExpressions.Regex.Matches(html, "<small>(number [0-9]+)").Select(match => match.Groups[1].Value));
            System.Text.RegularExpressions.Match next = System.Text.RegularExpressions.Regex.Match(html, "class=\"button\" href=\"(/alerts[^\"]+)\">Older");
            path = next.Success ? WebUtility.HtmlDecode(next.Groups[1].Value) : null;
        }

        Assert.Equal(Enumerable.Range(0, 120).Reverse().Select(index => $"number {index:000}"), shown);
    }

    [Theory]
    [InlineData("/alerts/999")]
    [InlineData("/alerts/x")]
    [InlineData("/incidents/nobody/1")]
    [InlineData("/incidents/nobody/99999999999999999999")]
    [InlineData("/.env")]
    public async Task What_is_not_there_is_said_to_be_missing(string path)
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        using HttpResponseMessage response = await portal.Pages.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("Not found", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_incident_shows_how_far_the_attack_came_and_its_alerts()
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        PortalClient box = await portal.EnrolledAsync("box");
        AlertBatch batch = RunningPortal.Batch(box, 1, TestSource.Sample(1), TestSource.Sample(2));
        batch.Incidents.Add(new Incident
        {
            IncidentId = 3,
            Revision = 1,
            Open = true,
            Severity = Severity.High,
            Device = "192.0.2.10",
            Stages = { "delivery", "command-and-control" },
            ThreatClasses = { "c2" },
            AlertCount = 2,
            RecordIds = { 1, 2, 77 },
            Summary = new LocalizedText { Ja = "要約", En = "summary of it" },
        });
        await box.UploadAsync(batch, default);
        Assert.Contains($"/incidents/{box.Identity.SensorId}/3", await portal.GetAsync("/incidents"), StringComparison.Ordinal);
        string html = await portal.GetAsync($"/incidents/{box.Identity.SensorId}/3");
        Assert.Contains("summary of it", html, StringComparison.Ordinal);
        Assert.Equal(2, html.Split("class=\"reached\"").Length - 1);
        Assert.Contains("alert 1", html, StringComparison.Ordinal);
        Assert.Contains("alert 2", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scripts_read_alerts_in_the_order_they_arrived()
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        PortalClient box = await portal.EnrolledAsync("box");
        await box.UploadAsync(RunningPortal.Batch(box, 1, TestSource.Sample(1), TestSource.Sample(2), TestSource.Sample(3)), default);
        using JsonDocument json = JsonDocument.Parse(await portal.GetAsync("/api/v1/alerts?since_id=1&limit=1"));
        JsonElement alert = Assert.Single(json.RootElement.GetProperty("alerts").EnumerateArray());
        Assert.Equal(2, alert.GetProperty("id").GetInt64());
        Assert.Equal("alert 2", alert.GetProperty("alert").GetProperty("signature").GetString());
        using JsonDocument stats = JsonDocument.Parse(await portal.GetAsync("/api/v1/stats"));
        Assert.Equal(3, stats.RootElement.GetProperty("by_class").GetProperty("c2").GetInt64());
        Assert.Equal(3, stats.RootElement.GetProperty("by_severity").GetProperty("high").GetInt64());
    }

    [Fact]
    public async Task Alerts_go_after_their_retention_and_beyond_the_row_limit()
    {
        TestClock clock = new();
        string folder = Directory.CreateTempSubdirectory("retention").FullName;
        try
        {
            using Sensor.Portal.Storage.SqliteDatabase database = new(Path.Combine(folder, "portal.db"));
            Sensor.Portal.Storage.Schema.Create(database);
            Sensor.Portal.Storage.AlertStore alerts = new(database, clock);
            for (ulong day = 1; day <= 10; day++)
            {
                AlertBatch batch = new() { SensorId = "s", Epoch = 1, FirstSequence = day * 1000, LastSequence = (day * 1000) + 499 };
                batch.Alerts.AddRange(Enumerable.Range(0, 500).Select(index => new Alert { Sequence = (day * 1000) + (ulong)index }));
                alerts.Store(batch);
                clock.Advance(TimeSpan.FromDays(1));
            }

            Assert.Equal(2500, new Sensor.Portal.Storage.Retention(database, clock, keepDays: 5, keepAlerts: 1_000_000).Sweep());
            Assert.Equal(6000ul, alerts.Since(0, 1).Single().Alert.Sequence);
            Assert.Equal(1800, new Sensor.Portal.Storage.Retention(database, clock, keepDays: 5, keepAlerts: 700).Sweep());
            Assert.Equal(700, alerts.Since(0, 10_000).Count);
            Assert.Equal(10_499ul, alerts.List(new Sensor.Portal.Storage.AlertFilter(), 1).Single().Alert.Sequence);
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The message with hostile text in every text field, at every depth.</summary>
    private static T Filled<T>(T message) where T : Google.Protobuf.IMessage
    {
        foreach (Google.Protobuf.Reflection.FieldDescriptor field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.FieldType == Google.Protobuf.Reflection.FieldType.String && field.Name != "sensor_id")
            {
                if (field.IsRepeated) ((System.Collections.IList)field.Accessor.GetValue(message)).Add(Hostile);
                else field.Accessor.SetValue(message, Hostile);
            }
            else if (field.FieldType == Google.Protobuf.Reflection.FieldType.Message && !field.IsRepeated)
            {
                Google.Protobuf.IMessage inner = (Google.Protobuf.IMessage)Activator.CreateInstance(field.MessageType.ClrType)!;
                field.Accessor.SetValue(message, Filled(inner));
            }
        }

        return message;
    }
}
