using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Sensor.Alerts;
using Sensor.Alerts.Spool;
using Sensor.Cloud;
using Sensor.Tests.Cloud;
using Sensor.Wire;

namespace Sensor.Tests.Portal;

/// <summary>The uploader and the portal with a line between them that breaks: each alert ends at the portal exactly once.</summary>
public sealed class ExactlyOnceTests
{
    private const int AlertsPerBatch = 3;

    /// <summary>The line is cut after every number of bytes, in the direction of the answer and in that of the request.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cut_at_every_byte(bool answers)
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        PortalClient box = await portal.EnrolledAsync("box");
        int cuts = 0;
        for (int offset = 0; ; offset++)
        {
            await using CuttingProxy line = new(portal.Grpc.Port, answers, offset);
            TestSource source = new TestSource(epoch: offset + 1).Add(AlertsPerBatch);
            await DrainAsync(portal, box.Identity, new Uri($"http://127.0.0.1:{line.Port}"), source);
            Assert.Equal(AlertsPerBatch, source.AcknowledgedThrough);
            cuts++;
            if (!line.WasCut) break; // the whole exchange is shorter than this
        }

        using JsonDocument json = JsonDocument.Parse(await portal.GetAsync("/api/v1/sensors"));
        JsonElement sensor = Assert.Single(json.RootElement.GetProperty("sensors").EnumerateArray());
        Assert.Equal(cuts * AlertsPerBatch, sensor.GetProperty("alerts").GetInt32());
        Assert.InRange(cuts, answers ? 50 : 300, 5000);
        Assert.Equal(await CountUniqueAsync(portal), cuts * AlertsPerBatch);
        if (answers) Assert.True(sensor.GetProperty("duplicates").GetInt32() > 0, "no cut fell between the commit and its answer");
    }

    [Fact]
    public async Task A_portal_that_restarts_between_two_tries_loses_and_doubles_nothing()
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        PortalClient box = await portal.EnrolledAsync("box");
        TestSource source = new TestSource().Add(1500);
        TestDelays delays = new();
        using GrpcChannel channel = new(portal.Grpc, RunningPortal.Loopback);
        PortalClient client = new(channel, box.Identity);
        int calls = 0;
        Uploader uploader = new(source, async (batch, cancellation) =>
        {
            AlertAck ack = await client.UploadAsync(batch, cancellation);
            if (++calls % 2 == 0) return ack;
            await portal.RestartAsync();
            throw new GrpcException(GrpcStatus.Unavailable, "the answer was lost with the portal");
        }, box.Identity.SensorId, new Quarantine(Path.Combine(portal.Folder, "q")), delays.Delays);
        await uploader.DrainAsync(CancellationToken.None);
        Assert.Equal(1500, source.AcknowledgedThrough);
        Assert.Equal(1500, await CountUniqueAsync(portal));
        Assert.InRange(uploader.Status.Retries, 3, 20);
    }

    [Fact]
    public async Task The_whole_uplink_enrols_uploads_and_beats()
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        TestSource source = new TestSource().Add(700);
        using CancellationTokenSource stop = new();
        using PortalUplink uplink = new(
            new PortalUplinkOptions
            {
                Address = portal.Grpc,
                StateFolder = Path.Combine(portal.Folder, "box"),
                EnrolmentToken = RunningPortal.Token,
                Name = "支店 1",
                Channel = RunningPortal.Loopback,
                Delays = new TestDelays().Delays,
            },
            source,
            () => new SensorState { Version = "9.9", Name = "支店 1" });
        int beats = 0;
        uplink.Answered = _ =>
        {
            if (++beats >= 3 && source.Waiting == 0) stop.Cancel();
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => uplink.RunAsync(stop.Token));
        Assert.Equal(700, await CountUniqueAsync(portal));
        Assert.Equal(700, uplink.Status.Uploaded);
        Assert.Null(uplink.EnrolmentError);
        Assert.Contains("支店 1", await portal.GetAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_box_that_a_new_portal_does_not_know_enrols_again_by_itself()
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        TestSource source = new TestSource().Add(1);
        PortalUplinkOptions options = new()
        {
            Address = portal.Grpc,
            StateFolder = Path.Combine(portal.Folder, "box"),
            EnrolmentToken = RunningPortal.Token,
            Channel = RunningPortal.Loopback,
            Delays = new TestDelays().Delays,
        };
        Directory.CreateDirectory(options.StateFolder);
        await File.WriteAllTextAsync(Path.Combine(options.StateFolder, "identity.json.enrolled"), portal.Grpc.ToString());
        using CancellationTokenSource stop = new();
        using PortalUplink uplink = new(options, source, () => new SensorState { Version = "1" });
        uplink.Answered = _ =>
        {
            if (source.Waiting == 0) stop.Cancel();
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => uplink.RunAsync(stop.Token));
        Assert.Equal(1, await CountUniqueAsync(portal));
    }

    /// <summary>The box dies after the portal has stored a batch and before the spool knows; its successor sends the batch again.</summary>
    [Fact]
    public async Task A_box_that_dies_between_commit_and_acknowledgement_doubles_nothing()
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        PortalClient box = await portal.EnrolledAsync("box");
        string folder = Path.Combine(portal.Folder, "spool");
        const int lives = 4, alertsPerLife = 700;
        for (int life = 0; life < lives; life++)
        {
            using AlertSpool spool = AlertSpool.Open(folder);
            for (int index = 0; index < alertsPerLife; index++) Assert.True(spool.Append(new AlertRecord { Id = (life * 1000) + index + 1, Signature = $"alert {index}" }));
            Assert.True(spool.Flush());
            int calls = 0;
            Uploader uploader = new(new SpoolUploadSource(spool), async (batch, cancellation) =>
            {
                AlertAck ack = await box.UploadAsync(batch, cancellation);
                return ++calls < 2 ? ack : throw new OperationCanceledException("the box dies here");
            }, box.Identity.SensorId, new Quarantine(Path.Combine(portal.Folder, "q")), new TestDelays().Delays);
            await Assert.ThrowsAsync<OperationCanceledException>(() => uploader.DrainAsync(CancellationToken.None));
        }

        using AlertSpool last = AlertSpool.Open(folder);
        await new Uploader(new SpoolUploadSource(last), box.UploadAsync, box.Identity.SensorId, new Quarantine(Path.Combine(portal.Folder, "q")), new TestDelays().Delays)
            .DrainAsync(CancellationToken.None);
        Assert.Equal(lives * alertsPerLife, await CountUniqueAsync(portal));
        Assert.Equal(0, last.Status.Waiting);
    }

    private static async Task DrainAsync(RunningPortal portal, SensorIdentity identity, Uri address, TestSource source)
    {
        using GrpcChannel channel = new(address, RunningPortal.Loopback);
        PortalClient client = new(channel, identity);
        await new Uploader(source, client.UploadAsync, identity.SensorId, new Quarantine(Path.Combine(portal.Folder, "q")), new TestDelays().Delays).DrainAsync(CancellationToken.None);
    }

    /// <summary>Alerts at the portal; fails when one is there twice.</summary>
    private static async Task<int> CountUniqueAsync(RunningPortal portal)
    {
        HashSet<(string Sensor, string Epoch, string Sequence)> seen = [];
        for (long since = 0; ;)
        {
            using JsonDocument json = JsonDocument.Parse(await portal.GetAsync($"/api/v1/alerts?since_id={since}&limit=1000"));
            JsonElement[] alerts = [.. json.RootElement.GetProperty("alerts").EnumerateArray()];
            if (alerts.Length == 0) return seen.Count;
            foreach (JsonElement alert in alerts)
            {
                Assert.True(seen.Add((alert.GetProperty("sensor_id").GetString()!, alert.GetProperty("epoch").GetString()!, alert.GetProperty("alert").GetProperty("sequence").GetString()!)));
                since = alert.GetProperty("id").GetInt64();
            }
        }
    }

    /// <summary>Passes bytes to the portal and back; the first connection dies when so many have gone one way.</summary>
    private sealed class CuttingProxy : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _accepting;
        private readonly int _portal;
        private readonly bool _answers;
        private readonly int _offset;

        public CuttingProxy(int portal, bool answers, int offset)
        {
            (_portal, _answers, _offset) = (portal, answers, offset);
            _listener.Start();
            _accepting = AcceptAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public bool WasCut { get; private set; }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            _listener.Stop();
            await _accepting;
            _stop.Dispose();
        }

        private async Task AcceptAsync()
        {
            List<Task> lines = [];
            try
            {
                while (true) lines.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token), first: lines.Count == 0));
            }
            catch (OperationCanceledException)
            {
                await Task.WhenAll(lines);
            }
        }

        private async Task ServeAsync(TcpClient box, bool first)
        {
            using TcpClient near = box, far = new();
            await far.ConnectAsync(IPAddress.Loopback, _portal, _stop.Token);
            Task requests = PumpAsync(near, far, first && !_answers ? _offset : int.MaxValue);
            Task answers = PumpAsync(far, near, first && _answers ? _offset : int.MaxValue);
            await Task.WhenAny(requests, answers);
            near.Close();
            far.Close();
            await Task.WhenAll(requests, answers);
        }

        private async Task PumpAsync(TcpClient from, TcpClient to, int budget)
        {
            byte[] buffer = new byte[16384];
            try
            {
                while (true)
                {
                    int read = await from.GetStream().ReadAsync(buffer, _stop.Token);
                    if (read == 0) return;
                    await to.GetStream().WriteAsync(buffer.AsMemory(0, Math.Min(read, budget)), _stop.Token);
                    if (read > budget)
                    {
                        WasCut = true;
                        return;
                    }

                    budget -= read;
                }
            }
            catch (Exception end) when (end is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
            {
                // The other direction ended.
            }
        }
    }
}
