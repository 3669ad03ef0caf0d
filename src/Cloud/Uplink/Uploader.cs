using Sensor.Wire;

namespace Sensor.Cloud;

/// <summary>
/// Empties the spool into the portal.
/// - A record is acknowledged to the spool only after the portal has acknowledged it.
/// - One batch is in flight, at most <see cref="MaximumRecords"/> records and <see cref="MaximumBytes"/>: a slow portal costs no memory.
/// - A batch is tried until it goes through; the numbering makes repeating harmless.
/// - A batch refused as invalid is halved until the bad record stands alone; that one goes to the quarantine.
/// - A portal that refuses everything is not a bad record: after <see cref="MostRefusedInARow"/> the uploader waits instead.
/// </summary>
public sealed class Uploader(IUploadSource source, Func<AlertBatch, CancellationToken, Task<AlertAck>> send, string sensorId, Quarantine quarantine, Delays delays)
{
    public const int MaximumRecords = 512;

    /// <summary>A quarter of what either end accepts.</summary>
    public const int MaximumBytes = GrpcFrame.MaximumMessageBytes / 4;

    /// <summary>Single records refused with none accepted between them; more means that the portal is at fault.</summary>
    public const int MostRefusedInARow = 16;

    private readonly UploadPlan _plan = new();
    private readonly Backoff _backoff = new(delays.Random);
    private int _refusedInARow;
    private UploaderStatus _status = new();

    public UploaderStatus Status => Volatile.Read(ref _status);

    /// <summary>Uploads until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (await UploadNextAsync(cancellation).ConfigureAwait(false)) continue;
            Task more = source.WaitForMoreAsync(cancellation); // asked before looking again, so that no arrival falls between
            if (!await UploadNextAsync(cancellation).ConfigureAwait(false)) await more.ConfigureAwait(false);
        }
    }

    /// <summary>Uploads until nothing waits.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        while (await UploadNextAsync(cancellation).ConfigureAwait(false))
        {
        }
    }

    private async Task<bool> UploadNextAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        UploadWindow window = source.Window;
        UploadRange? next = _plan.Next(window, out long? met);
        if (met is { } through) source.Acknowledge(window.Epoch, through);
        UploadItems items = next is { } range
            ? source.Read(range.From, range.End, MaximumRecords, MaximumBytes)
            : source.ReadOldest(MaximumRecords, MaximumBytes);
        if (items.Items.Count == 0)
        {
            if (next is not { } empty || source.Window.First > empty.From) return false;
            source.Acknowledge(window.Epoch, _plan.Dropped(empty));
            return true;
        }

        await UploadAsync(items, next is { Live: true }, cancellation).ConfigureAwait(false);
        return true;
    }

    private async Task UploadAsync(UploadItems batch, bool live, CancellationToken cancellation)
    {
        Stack<(int Start, int Count)> pieces = new([(0, batch.Items.Count)]); // at most log2(512) + 1 deep
        while (pieces.TryPop(out (int Start, int Count) piece))
        {
            try
            {
                int accepted = await SendAsync(batch, piece.Start, piece.Count, cancellation).ConfigureAwait(false);
                Settle(batch, piece.Start + accepted - 1, live);
                if (accepted < piece.Count) pieces.Push((piece.Start + accepted, piece.Count - accepted));
            }
            catch (GrpcException refused) when (refused.Status == GrpcStatus.InvalidArgument && piece.Count == 1 && _refusedInARow < MostRefusedInARow)
            {
                SetAside(batch.Items[piece.Start], refused);
                Settle(batch, piece.Start, live);
            }
            catch (GrpcException refused) when (refused.Status == GrpcStatus.InvalidArgument && piece.Count > 1)
            {
                Halve(pieces, piece);
            }
            catch (GrpcException failed)
            {
                if (failed.Status == GrpcStatus.ResourceExhausted && piece.Count > 1) Halve(pieces, piece);
                else pieces.Push(piece);
                Report(failed);
                await delays.WaitAsync(_backoff.Next(), cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Sends one piece; how many of its items the portal has stored, at least one.</summary>
    private async Task<int> SendAsync(UploadItems items, int start, int count, CancellationToken cancellation)
    {
        AlertBatch batch = Compose(items, start, count);
        int unreadable = count - batch.Alerts.Count - batch.Incidents.Count;
        int accepted = count;
        if (unreadable < count)
        {
            AlertAck ack = await send(batch, cancellation).ConfigureAwait(false);
            accepted = 0; // never more than was sent, whatever the portal claims
            while (accepted < count && (ulong)items.Items[start + accepted].Sequence <= ack.ThroughSequence) accepted++;
            if (accepted == 0) throw new GrpcException(GrpcStatus.Internal, $"the portal acknowledged through {ack.ThroughSequence} a batch that begins at {batch.FirstSequence}");
        }

        _backoff.Reset();
        _refusedInARow = 0;
        Publish(_status with
        {
            State = UplinkState.Ok,
            Uploaded = _status.Uploaded + accepted - (accepted == count ? unreadable : 0),
            Unreadable = _status.Unreadable + (accepted == count ? unreadable : 0),
            Batches = _status.Batches + 1,
            LastError = null,
            LastSuccess = delays.Time.GetUtcNow(),
        });
        return accepted;
    }

    private AlertBatch Compose(UploadItems items, int start, int count)
    {
        AlertBatch batch = new()
        {
            SensorId = sensorId,
            Epoch = (ulong)items.Epoch,
            FirstSequence = (ulong)items.Items[start].Sequence,
            LastSequence = (ulong)items.Items[start + count - 1].Sequence,
        };
        for (int index = start; index < start + count; index++)
        {
            if (items.Items[index].Alert is { } alert) batch.Alerts.Add(alert);
            if (items.Items[index].Incident is { } incident) batch.Incidents.Add(incident);
        }

        return batch;
    }

    private void Settle(UploadItems batch, int index, bool live)
    {
        long through = batch.Items[index].Sequence;
        if (live) _plan.LiveUploaded(through);
        else source.Acknowledge(batch.Epoch, through);
    }

    private void SetAside(UploadItem item, GrpcException refused)
    {
        _refusedInARow++;
        quarantine.Keep(item, refused.Message);
        Publish(_status with { Quarantined = _status.Quarantined + 1, LastError = refused });
    }

    private void Report(GrpcException failed)
    {
        bool refused = failed.Status is GrpcStatus.InvalidArgument or GrpcStatus.Unauthenticated or GrpcStatus.PermissionDenied
            or GrpcStatus.Unimplemented or GrpcStatus.FailedPrecondition;
        Publish(_status with { State = refused ? UplinkState.Refused : UplinkState.Retrying, Retries = _status.Retries + 1, LastError = failed });
    }

    private void Publish(UploaderStatus status) => Volatile.Write(ref _status, status);

    private static void Halve(Stack<(int Start, int Count)> pieces, (int Start, int Count) piece)
    {
        int left = piece.Count / 2;
        pieces.Push((piece.Start + left, piece.Count - left));
        pieces.Push((piece.Start, left));
    }
}
