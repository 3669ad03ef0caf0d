using Sensor.Cloud;
using Sensor.Wire;

namespace Sensor.Tests.Cloud;

/// <summary>The uploader against a spool and a portal in memory, with a clock that does not tick.</summary>
public sealed class UploaderTests : IDisposable
{
    private readonly TestSource _source = new();
    private readonly TestPortal _portal = new();
    private readonly TestDelays _delays = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("uploader").FullName;
    private readonly Uploader _uploader;

    public UploaderTests() => _uploader = new Uploader(_source, _portal.SendAsync, "sensor", new Quarantine(Path.Combine(_folder, "quarantine.jsonl")), _delays.Delays);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Everything_goes_once_in_order_and_is_acknowledged_after_the_portal_has_it()
    {
        _source.Add(1200);
        await _uploader.DrainAsync(CancellationToken.None);
        Assert.Equal(Enumerable.Range(1, 1200).Select(one => (ulong)one), _portal.Batches.SelectMany(batch => batch.Alerts).Select(alert => alert.Sequence));
        Assert.Equal([512, 512, 176], _portal.Batches.Select(batch => batch.Alerts.Count));
        Assert.Equal([512, 1024, 1200], _source.Acknowledgements);
        Assert.Equal(1200, _uploader.Status.Uploaded);
        Assert.Empty(_delays.Pauses);
    }

    [Fact]
    public async Task An_unreachable_portal_is_tried_again_with_growing_pauses_up_to_a_minute()
    {
        _source.Add(3);
        _portal.Answer([.. Enumerable.Repeat(GrpcStatus.Unavailable, 14)]);
        await _uploader.DrainAsync(CancellationToken.None);
        Assert.Equal([1, 1.5, 2.25], _delays.Pauses.Take(3).Select(pause => pause.TotalSeconds));
        Assert.Equal([60, 60], _delays.Pauses.TakeLast(2).Select(pause => pause.TotalSeconds));
        Assert.Equal(_delays.Pauses.Order(), _delays.Pauses);
        Assert.Equal(3, _portal.Stored.Count);
        Assert.Equal(14, _uploader.Status.Retries);
        Assert.Equal(UplinkState.Ok, _uploader.Status.State);
    }

    [Theory]
    [InlineData(GrpcStatus.DeadlineExceeded, UplinkState.Retrying)]
    [InlineData(GrpcStatus.Internal, UplinkState.Retrying)]
    [InlineData(GrpcStatus.Unknown, UplinkState.Retrying)]
    [InlineData(GrpcStatus.Cancelled, UplinkState.Retrying)]
    [InlineData(GrpcStatus.Unauthenticated, UplinkState.Refused)]
    [InlineData(GrpcStatus.Unimplemented, UplinkState.Refused)]
    public async Task Nothing_is_given_up_whatever_the_status(GrpcStatus status, UplinkState meanwhile)
    {
        _source.Add(2);
        _portal.Answer(status, status);
        _delays.OnPause = _ =>
        {
            Assert.Equal(meanwhile, _uploader.Status.State);
            Assert.Equal(status, _uploader.Status.LastError!.Status);
            Assert.Equal(0, _source.AcknowledgedThrough);
        };
        await _uploader.DrainAsync(CancellationToken.None);
        Assert.Equal(2, _portal.Stored.Count);
        Assert.Null(_uploader.Status.LastError);
        Assert.Equal(2, _delays.Pauses.Count);
    }

    [Fact]
    public async Task After_a_success_the_next_pause_is_the_first_again()
    {
        _source.Add(600);
        _portal.Answer(GrpcStatus.Unavailable, GrpcStatus.Unavailable, GrpcStatus.Ok, GrpcStatus.Unavailable);
        await _uploader.DrainAsync(CancellationToken.None);
        Assert.Equal([1, 1.5, 1], _delays.Pauses.Select(pause => pause.TotalSeconds));
    }

    [Fact]
    public async Task A_bad_alert_is_found_by_halving_and_set_aside_alone()
    {
        _source.Add(512);
        _portal.Poison = alert => alert.Sequence is 1 or 300 or 512;
        await _uploader.DrainAsync(CancellationToken.None);
        Assert.Equal(509, _portal.Stored.Count);
        Assert.Equal(3, _uploader.Status.Quarantined);
        Assert.Equal(512, _source.AcknowledgedThrough);
        Assert.Equal(_source.Acknowledgements.Order(), _source.Acknowledgements);
        Assert.Empty(_delays.Pauses);
        string[] kept = await File.ReadAllLinesAsync(Path.Combine(_folder, "quarantine.jsonl"));
        Assert.Equal(3, kept.Length);
        Assert.Contains("alert 300", kept[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_portal_that_refuses_everything_does_not_empty_the_spool_into_the_quarantine()
    {
        _source.Add(512);
        bool broken = true;
        _portal.Poison = _ => broken;
        _delays.OnPause = count => broken = count < 5;
        await _uploader.DrainAsync(CancellationToken.None);
        Assert.Equal(Uploader.MostRefusedInARow, _uploader.Status.Quarantined);
        Assert.Equal(512 - Uploader.MostRefusedInARow, _portal.Stored.Count);
        Assert.Equal(5, _delays.Pauses.Count);
    }

    [Fact]
    public async Task A_batch_too_large_for_the_portal_is_halved()
    {
        _source.Add(100);
        _portal.Answer(GrpcStatus.ResourceExhausted, GrpcStatus.ResourceExhausted);
        await _uploader.DrainAsync(CancellationToken.None);
        Assert.Equal([100, 50, 25, 25, 50], _portal.Batches.Select(batch => batch.Alerts.Count));
        Assert.Equal(100, _portal.Stored.Count);
    }

    [Fact]
    public async Task A_portal_that_claims_more_than_it_was_sent_is_not_believed()
    {
        _source.Add(2);
        Uploader uploader = new(_source, (batch, _) => Task.FromResult(new AlertAck { ThroughSequence = 1_000_000 }), "sensor", new Quarantine(Path.Combine(_folder, "q")), _delays.Delays);
        await uploader.DrainAsync(CancellationToken.None);
        Assert.Equal(2, _source.AcknowledgedThrough);
    }

    [Fact]
    public async Task A_portal_that_acknowledges_a_part_gets_the_rest_again()
    {
        _source.Add(10);
        List<ulong> firsts = [];
        Uploader uploader = new(_source, (batch, _) =>
        {
            firsts.Add(batch.FirstSequence);
            return Task.FromResult(new AlertAck { ThroughSequence = Math.Min(batch.FirstSequence + 3, batch.LastSequence) });
        }, "sensor", new Quarantine(Path.Combine(_folder, "q")), _delays.Delays);
        await uploader.DrainAsync(CancellationToken.None);
        Assert.Equal([1, 5, 9], firsts);
        Assert.Equal(10, uploader.Status.Uploaded);
    }

    [Fact]
    public async Task A_portal_that_acknowledges_nothing_is_asked_again_later()
    {
        _source.Add(1);
        int calls = 0;
        Uploader uploader = new(_source, (batch, _) => Task.FromResult(new AlertAck { ThroughSequence = ++calls < 3 ? 0 : batch.LastSequence }), "sensor", new Quarantine(Path.Combine(_folder, "q")), _delays.Delays);
        await uploader.DrainAsync(CancellationToken.None);
        Assert.Equal(3, calls);
        Assert.Equal(2, _delays.Pauses.Count);
    }

    [Fact]
    public async Task A_slow_portal_costs_one_batch_of_memory_however_much_waits()
    {
        _source.Add(5000, sequence => new Alert { Sequence = (ulong)sequence, Signature = new string('x', 4000) });
        int inFlight = 0, most = 0, largest = 0;
        Uploader uploader = new(_source, async (batch, _) =>
        {
            most = Math.Max(most, ++inFlight);
            largest = Math.Max(largest, batch.CalculateSize());
            await Task.Yield();
            inFlight--;
            return new AlertAck { ThroughSequence = batch.LastSequence };
        }, "sensor", new Quarantine(Path.Combine(_folder, "q")), _delays.Delays);
        await uploader.DrainAsync(CancellationToken.None);
        Assert.Equal(1, most);
        Assert.InRange(largest, 1, Uploader.MaximumBytes + 4096);
        Assert.Equal(5000, _source.AcknowledgedThrough);
    }

    [Fact]
    public async Task Alerts_raised_during_a_long_backlog_do_not_wait_behind_it()
    {
        _source.Add(10_000);
        int calls = 0;
        ulong newest = 0;
        int newestAt = 0;
        Uploader uploader = new(_source, (batch, cancellation) =>
        {
            if (++calls == 2) _source.Add(3); // today's attack
            if (batch.LastSequence == 10_003) (newest, newestAt) = (batch.LastSequence, newestAt == 0 ? calls : newestAt);
            return _portal.SendAsync(batch, cancellation);
        }, "sensor", new Quarantine(Path.Combine(_folder, "q")), _delays.Delays);
        await uploader.DrainAsync(CancellationToken.None);
        Assert.Equal(10_003ul, newest);
        Assert.InRange(newestAt, 3, 4);
        Assert.Equal(10_003, _portal.Stored.Count);
        Assert.Equal(10_003, _source.AcknowledgedThrough);
        Assert.Equal(10_003, _portal.Batches.Sum(batch => batch.Alerts.Count)); // none twice
    }

    [Fact]
    public async Task Gaps_unreadable_records_and_incidents_do_not_stop_the_alerts()
    {
        _source.Add(5);
        _source.Drop(2, 3);
        _source.AddIncident(new Incident { IncidentId = 9, Revision = 1 });
        _source.AddUnreadable();
        _source.Add(1);
        await _uploader.DrainAsync(CancellationToken.None);
        Assert.Equal([1ul, 4ul, 5ul, 8ul], _portal.Stored.Keys.Select(key => key.Sequence).Order());
        Assert.Equal(9ul, Assert.Single(_portal.Incidents).IncidentId);
        Assert.Equal(8, _source.AcknowledgedThrough);
        Assert.Equal(1, _uploader.Status.Unreadable);
    }

    [Fact]
    public async Task A_backlog_that_was_dropped_by_the_spool_is_let_go()
    {
        _source.Add(4000);
        _source.Drop(1, 4000);
        await _uploader.DrainAsync(CancellationToken.None);
        Assert.Equal(4000, _source.AcknowledgedThrough);
        Assert.Empty(_portal.Batches);
    }

    [Fact]
    public async Task Cancelling_stops_between_two_tries()
    {
        _source.Add(1);
        _portal.Answer([.. Enumerable.Repeat(GrpcStatus.Unavailable, 100)]);
        using CancellationTokenSource stop = new();
        _delays.OnPause = count =>
        {
            if (count == 3) stop.Cancel();
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _uploader.RunAsync(stop.Token));
        Assert.Equal(0, _source.AcknowledgedThrough);
    }

    [Fact]
    public void The_quarantine_never_grows_beyond_its_limit()
    {
        Quarantine quarantine = new(Path.Combine(_folder, "full.jsonl"));
        UploadItem item = new(1, new Alert { Signature = new string('x', 100_000) }, null);
        int kept = Enumerable.Range(0, 30).Count(_ => quarantine.Keep(item, "why"));
        Assert.Equal(10, kept);
        Assert.InRange(new FileInfo(quarantine.Path).Length, 1, Quarantine.MaximumBytes);
    }
}
