using Sensor.Alerts;
using Sensor.Alerts.Spool;
using Sensor.Primitives;

namespace Sensor.Cloud;

/// <summary>The alert spool as the uploader sees it.</summary>
public sealed class SpoolUploadSource(AlertSpool spool) : IUploadSource
{
    /// <summary>Longest wait before looking again, should a wake-up be missed.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The wire's form repeats the field tags of the spool's with other lengths; twice is more than it can be, apart
    /// from records so small that the record limit counts first.
    /// </summary>
    private const int WireGrowth = 2;

    public UploadWindow Window
    {
        get
        {
            SpoolStatus status = spool.Status;
            return new UploadWindow(status.Epoch, status.AcknowledgedThrough + 1, status.DurableThrough + 1);
        }
    }

    public long Waiting => spool.Status.Waiting;

    public DateTimeOffset? OldestWaiting
    {
        get
        {
            foreach (SpoolRecord record in spool.ReadBatch(1, 1).Records)
            {
                if (record.Kind == SpoolRecordKind.Alert && AlertRecordCodec.TryDecode(record.Payload.Span, out AlertRecord alert))
                    return (alert.Raised == default ? alert.Time : alert.Raised).ToDateTimeOffset();
                if (record.Kind == SpoolRecordKind.Incident && IncidentRecordCodec.TryDecode(record.Payload.Span, out IncidentRecord incident))
                    return incident.LastAlert.ToDateTimeOffset();
            }

            return null;
        }
    }

    public UploadItems Read(long from, long end, int maximumRecords, int maximumBytes) =>
        ToItems(spool.ReadBatch(from, maximumRecords, maximumBytes / WireGrowth), end);

    public UploadItems ReadOldest(int maximumRecords, int maximumBytes) =>
        ToItems(spool.ReadBatch(maximumRecords, maximumBytes / WireGrowth), long.MaxValue);

    public void Acknowledge(long epoch, long through) => spool.Acknowledge(epoch, through);

    public Task WaitForMoreAsync(CancellationToken cancellation) => spool.WaitForRecordsAsync(LongestWait, cancellation);

    private static UploadItems ToItems(SpoolBatch batch, long end) =>
        new(batch.Epoch, [.. batch.Records.TakeWhile(record => record.Sequence < end).Select(ToItem)]);

    private static UploadItem ToItem(SpoolRecord record)
    {
        switch (record.Kind)
        {
            case SpoolRecordKind.Alert when AlertRecordCodec.TryDecode(record.Payload.Span, out AlertRecord alert):
                return new UploadItem(record.Sequence, AlertMapping.ToWire(alert, record.Sequence), null);
            case SpoolRecordKind.Incident when IncidentRecordCodec.TryDecode(record.Payload.Span, out IncidentRecord incident):
                return new UploadItem(record.Sequence, null, AlertMapping.ToWire(incident));
            default:
                return new UploadItem(record.Sequence, null, null);
        }
    }
}
