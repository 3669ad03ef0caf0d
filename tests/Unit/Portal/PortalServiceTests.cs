using System.Net;
using System.Text.Json;
using Google.Protobuf;
using Sensor.Cloud;
using Sensor.Portal;
using Sensor.Tests.Cloud;
using Sensor.Wire;

namespace Sensor.Tests.Portal;

/// <summary>The portal's calls, over the wire.</summary>
public sealed class PortalServiceTests
{
    [Fact]
    public async Task A_batch_sent_again_or_overlapping_is_stored_once()
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        PortalClient box = await portal.EnrolledAsync("box");
        AlertBatch batch = RunningPortal.Batch(box, 1, TestSource.Sample(1), TestSource.Sample(2), TestSource.Sample(3));
        AlertAck first = await box.UploadAsync(batch, default);
        AlertAck again = await box.UploadAsync(batch, default);
        AlertAck overlapping = await box.UploadAsync(RunningPortal.Batch(box, 3, TestSource.Sample(3), TestSource.Sample(4)), default);
        Assert.Equal((3ul, 3u, 0u), (first.ThroughSequence, first.Stored, first.Duplicates));
        Assert.Equal((3ul, 0u, 3u), (again.ThroughSequence, again.Stored, again.Duplicates));
        Assert.Equal((4ul, 1u, 1u), (overlapping.ThroughSequence, overlapping.Stored, overlapping.Duplicates));
        Assert.Equal(4, (await Stats(portal)).GetProperty("alerts").GetInt64());
    }

    [Fact]
    public async Task The_same_number_of_another_epoch_or_box_is_another_alert()
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        PortalClient one = await portal.EnrolledAsync("one"), other = await portal.EnrolledAsync("other");
        await one.UploadAsync(RunningPortal.Batch(one, 1, TestSource.Sample(1)), default);
        AlertBatch nextEpoch = RunningPortal.Batch(one, 1, TestSource.Sample(1));
        nextEpoch.Epoch = 8;
        await one.UploadAsync(nextEpoch, default);
        await other.UploadAsync(RunningPortal.Batch(other, 1, TestSource.Sample(1)), default);
        Assert.Equal(3, (await Stats(portal)).GetProperty("alerts").GetInt64());
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_a_restart()
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        PortalClient box = await portal.EnrolledAsync("box");
        await box.UploadAsync(RunningPortal.Batch(box, 1, TestSource.Sample(1)), default);
        await portal.RestartAsync();
        AlertAck again = await box.UploadAsync(RunningPortal.Batch(box, 1, TestSource.Sample(1), TestSource.Sample(2)), default);
        Assert.Equal((1u, 1u), (again.Stored, again.Duplicates));
    }

    public static TheoryData<string, Action<AlertBatch>> InvalidBatches => new()
    {
        { "epoch", batch => batch.Epoch = 0 },
        { "epoch", batch => batch.Epoch = ulong.MaxValue },
        { "range", batch => batch.LastSequence = ulong.MaxValue },
        { "range", batch => batch.FirstSequence = batch.LastSequence + 1 },
        { "out of order", batch => batch.Alerts[1].Sequence = batch.Alerts[0].Sequence },
        { "out of order", batch => batch.Alerts[0].Sequence = 99 },
        { "longer than", batch => batch.Alerts[0].Signature = new string('x', 200_000) },
        { "at most", batch => batch.Alerts.AddRange(Enumerable.Range(0, 5000).Select(_ => new Alert())) },
        { "incident", batch => batch.Incidents.Add(new Incident()) },
    };

    [Theory]
    [MemberData(nameof(InvalidBatches))]
    public async Task An_invalid_batch_is_refused_whole(string reason, Action<AlertBatch> spoil)
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        PortalClient box = await portal.EnrolledAsync("box");
        AlertBatch batch = RunningPortal.Batch(box, 1, TestSource.Sample(1), TestSource.Sample(2));
        spoil(batch);
        GrpcException refused = await Assert.ThrowsAsync<GrpcException>(() => box.UploadAsync(batch, default));
        Assert.Equal(GrpcStatus.InvalidArgument, refused.Status);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await Stats(portal)).GetProperty("alerts").GetInt64());
    }

    [Fact]
    public async Task A_stranger_and_a_box_in_anothers_name_are_refused()
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        PortalClient known = await portal.EnrolledAsync("known"), stranger = portal.Client("stranger", out _);
        Assert.Equal(GrpcStatus.Unauthenticated, await StatusOf(() => stranger.HeartbeatAsync(new HeartbeatRequest { SensorId = stranger.Identity.SensorId }, default)));
        Assert.Equal(GrpcStatus.Unauthenticated, await StatusOf(() => stranger.UploadAsync(RunningPortal.Batch(stranger, 1, TestSource.Sample(1)), default)));
        Assert.Equal(GrpcStatus.PermissionDenied, await StatusOf(() => known.HeartbeatAsync(new HeartbeatRequest { SensorId = stranger.Identity.SensorId }, default)));
        Assert.Equal(GrpcStatus.PermissionDenied, await StatusOf(() => known.UploadAsync(RunningPortal.Batch(stranger, 1, TestSource.Sample(1)), default)));
    }

    [Fact]
    public async Task Enrolling_needs_the_token_is_repeatable_and_cannot_take_over_another_box()
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        PortalClient box = portal.Client("box", out _);
        EnrolRequest request = new() { SensorId = box.Identity.SensorId, Secret = box.Identity.Secret, EnrolmentToken = RunningPortal.Token };
        Assert.Equal(GrpcStatus.PermissionDenied, await StatusOf(() => box.EnrolAsync(Changed(request, one => one.EnrolmentToken = "guess"), default)));
        await box.EnrolAsync(request, default);
        await box.EnrolAsync(request, default); // a lost reply
        Assert.Equal(GrpcStatus.AlreadyExists, await StatusOf(() => box.EnrolAsync(Changed(request, one => one.Secret = new string('a', 64)), default)));
        Assert.Equal(GrpcStatus.AlreadyExists, await StatusOf(() => box.EnrolAsync(Changed(request, one => one.SensorId = Guid.NewGuid().ToString()), default)));
        Assert.Equal(GrpcStatus.InvalidArgument, await StatusOf(() => box.EnrolAsync(Changed(request, one => one.SensorId = "me"), default)));
        Assert.Equal(GrpcStatus.InvalidArgument, await StatusOf(() => box.EnrolAsync(Changed(request, one => one.Secret = "short"), default)));
        await box.HeartbeatAsync(new HeartbeatRequest { SensorId = box.Identity.SensorId }, default);
    }

    [Fact]
    public async Task An_older_revision_of_an_incident_does_not_replace_a_newer_one()
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        PortalClient box = await portal.EnrolledAsync("box");
        ulong sequence = 0;
        foreach ((ulong revision, bool open) in new[] { (2ul, true), (1ul, true), (3ul, false), (2ul, true) })
        {
            AlertBatch batch = RunningPortal.Batch(box, ++sequence);
            batch.Incidents.Add(new Incident { IncidentId = 5, Revision = revision, Open = open, Device = "192.0.2.10" });
            await box.UploadAsync(batch, default);
        }

        using JsonDocument json = JsonDocument.Parse(await portal.GetAsync("/api/v1/incidents"));
        JsonElement incident = Assert.Single(json.RootElement.GetProperty("incidents").EnumerateArray()).GetProperty("incident");
        Assert.Equal("3", incident.GetProperty("revision").GetString());
        Assert.False(incident.GetProperty("open").GetBoolean());
    }

    [Fact]
    public async Task Health_is_served_and_unknown_methods_are_said_to_be()
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        using GrpcChannel channel = new(portal.Grpc, RunningPortal.Loopback);
        HealthCheckResponse health = await channel.CallAsync(
            GrpcNames.HealthCheck, new HealthCheckRequest { Service = GrpcNames.PortalService }, HealthCheckResponse.Parser, TimeSpan.FromSeconds(5), null, default);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
        Assert.Equal(GrpcStatus.Unimplemented, await StatusOf(() => channel.CallAsync(
            "/sensor.portal.v1.Portal/Reboot", new HealthCheckRequest(), HealthCheckResponse.Parser, TimeSpan.FromSeconds(5), null, default)));
    }

    [Theory]
    [InlineData("compressed", "12")]
    [InlineData("announces too much", "8")]
    [InlineData("too long", "8")]
    [InlineData("half a prefix", "13")]
    [InlineData("half a message", "13")]
    [InlineData("two messages", "13")]
    [InlineData("not a message", "3")]
    [InlineData("malformed timeout", "13")]
    [InlineData("expired", "4")]
    public async Task A_wrong_request_gets_a_status(string request, string status)
    {
        byte[] heartbeat = ScriptedServer.Frame(new HeartbeatRequest { SensorId = "x" }.ToByteArray());
        byte[] body = request switch
        {
            "compressed" => ScriptedServer.Frame([1, 2, 3], flags: 1),
            "announces too much" => ScriptedServer.Frame([1], length: int.MaxValue),
            "too long" => ScriptedServer.Frame(new byte[5 << 20]),
            "half a prefix" => [0, 0],
            "half a message" => ScriptedServer.Frame([1], length: 9),
            "two messages" => [.. heartbeat, .. heartbeat],
            "not a message" => ScriptedServer.Frame([0xFF, 0xFF, 0xFF]),
            _ => heartbeat,
        };
        await using RunningPortal portal = await RunningPortal.StartAsync();
        using HttpClient client = new();
        using HttpRequestMessage message = new(HttpMethod.Post, new Uri(portal.Grpc, GrpcNames.Heartbeat))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        message.Content.Headers.ContentType = new("application/grpc");
        if (request == "malformed timeout") message.Headers.Add("grpc-timeout", "soon");
        if (request == "expired") message.Headers.Add("grpc-timeout", "0m");
        using HttpResponseMessage response = await client.SendAsync(message);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/grpc", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(status, response.Headers.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task The_sensors_port_answers_nothing_but_grpc_and_the_pages_port_no_grpc()
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        using HttpClient client = new() { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using HttpResponseMessage page = await client.GetAsync(portal.Grpc);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, page.StatusCode);
        using ByteArrayContent content = new(ScriptedServer.Frame([]));
        content.Headers.ContentType = new("application/grpc");
        using HttpResponseMessage grpc = await portal.Pages.PostAsync(GrpcNames.HealthCheck, content);
        Assert.False(grpc.IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_database_that_cannot_be_written_makes_boxes_wait()
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        PortalClient box = await portal.EnrolledAsync("box");
        using (Microsoft.Data.Sqlite.SqliteConnection other = new($"Data Source={Path.Combine(portal.Options.DataFolder, "portal.db")}"))
        {
            other.Open();
            using Microsoft.Data.Sqlite.SqliteCommand spoil = other.CreateCommand();
            spoil.CommandText = "ALTER TABLE alerts RENAME TO gone";
            spoil.ExecuteNonQuery();
            Assert.Equal(GrpcStatus.Unavailable, await StatusOf(() => box.UploadAsync(RunningPortal.Batch(box, 1, TestSource.Sample(1)), default)));
            spoil.CommandText = "ALTER TABLE gone RENAME TO alerts";
            spoil.ExecuteNonQuery();
        }

        Assert.Equal(1u, (await box.UploadAsync(RunningPortal.Batch(box, 1, TestSource.Sample(1)), default)).Stored);
    }

    [Fact]
    public async Task The_port_file_tells_a_script_where_the_portal_listens()
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        string[] lines = await File.ReadAllLinesAsync(portal.PortFile);
        Assert.Equal($"grpc={portal.Grpc}", lines[0]);
        Assert.StartsWith("http=http://127.0.0.1:", lines[1], StringComparison.Ordinal);
        Assert.Equal("ok\n", await portal.GetAsync("/healthz"));
    }

    [Fact]
    public async Task A_portal_without_a_given_token_makes_one_and_keeps_it()
    {
        await using RunningPortal portal = await RunningPortal.StartAsync(change: options => options with { EnrolmentToken = null });
        string path = Path.Combine(portal.Options.DataFolder, "enrolment-token");
        Assert.Equal(48, (await File.ReadAllTextAsync(path)).Trim().Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Theory]
    [InlineData("--grpc")]
    [InlineData("--grpc", "8443")]
    [InlineData("--http", "nowhere:99999999")]
    [InlineData("--keep-days", "0")]
    [InlineData("--tls-key", "k.pem")]
    [InlineData("--colour", "red")]
    public void A_command_line_it_cannot_read_is_named(params string[] arguments) =>
        Assert.StartsWith("cannot ", Assert.Throws<ArgumentException>(() => PortalOptions.Parse(arguments)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_command_line_it_can_read()
    {
        PortalOptions options = PortalOptions.Parse(["--grpc", "0.0.0.0:0", "--http", "localhost:81", "--data", "/d", "--keep-days", "30", "--keep-alerts", "10"]);
        Assert.Equal(new IPEndPoint(IPAddress.Any, 0), options.Grpc);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 81), options.Http);
        Assert.Equal((30, 10L), (options.KeepDays, options.KeepAlerts));
    }

    private static EnrolRequest Changed(EnrolRequest request, Action<EnrolRequest> change)
    {
        EnrolRequest changed = request.Clone();
        change(changed);
        return changed;
    }

    private static async Task<GrpcStatus> StatusOf(Func<Task> call) => (await Assert.ThrowsAsync<GrpcException>(call)).Status;

    private static async Task<JsonElement> Stats(RunningPortal portal) => JsonDocument.Parse(await portal.GetAsync("/api/v1/stats")).RootElement;
}
