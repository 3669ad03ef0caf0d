using Sensor.Primitives;

namespace Sensor.Alerts.Spool;

/// <summary>A record that was taken but has no sequence on disk yet.</summary>
internal readonly record struct PendingRecord(SpoolRecordKind Kind, Severity Severity, byte[] Payload)
{
    public int SpoolBytes => SegmentFormat.RecordBytes(Payload.Length);
}
