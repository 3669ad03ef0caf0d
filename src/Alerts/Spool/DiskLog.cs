namespace Sensor.Alerts.Spool;

/// <summary>
/// The durable part of the spool: an append-only log in segment files. Not thread safe; <see cref="AlertSpool"/> locks.
/// Invariants and byte layout: README.md.
/// </summary>
internal sealed class DiskLog : IDisposable
{
    private readonly ISpoolDisk _disk;
    private readonly SpoolOptions _options;
    private readonly List<Segment> _segments;
    private ISpoolFile? _active;
    private byte[] _buffer = new byte[64 * 1024];
    private readonly long _setAside;
    private bool _stateStale;
    private (string Name, long Sequence, int Offset) _cursor;

    public DiskLog(ISpoolDisk disk, SpoolOptions options, Func<long> newEpoch)
    {
        _disk = disk;
        _options = options;
        RecoveredLog found = DiskLogRecovery.Recover(disk, newEpoch);
        _segments = found.Segments;
        Epoch = found.Epoch;
        AcknowledgedThrough = found.AcknowledgedThrough;
        DurableThrough = Math.Max(found.AcknowledgedThrough, _segments.Count == 0 ? 0 : _segments[^1].Last);
        Damaged = found.Damaged;
        TornBytes = found.TornBytes;
        _setAside = found.SetAsideBytes;
    }

    public long Epoch { get; }

    public long AcknowledgedThrough { get; private set; }

    public long DurableThrough { get; private set; }

    public long Dropped { get; private set; }

    public long Damaged { get; private set; }

    public long TornBytes { get; }

    /// <summary>Bytes of all files; never above <see cref="SpoolOptions.MaximumBytes"/>.</summary>
    public long Bytes => _setAside + _segments.Sum(segment => segment.FileLength);

    // Room for the state file, its successor and the directory's lock.
    private const int Reserve = 1024;

    /// <summary>
    /// Writes records and waits until they are on the medium. <paramref name="committed"/> tells how many of them are,
    /// also when it throws because the disk refused.
    /// </summary>
    public void Commit(IReadOnlyList<PendingRecord> records, out int committed)
    {
        committed = 0;
        if (_stateStale) SaveState();
        while (committed < records.Count)
        {
            int count = WriteGroup(records, committed);
            committed += count;
        }
    }

    public List<SpoolRecord> Read(long from, int maximumRecords, int maximumBytes)
    {
        var records = new List<SpoolRecord>();
        from = Math.Max(from, AcknowledgedThrough + 1);
        int bytes = 0;
        while (from <= DurableThrough && records.Count < maximumRecords && FindSegment(from) is { } segment)
        {
            if (!ReadFrom(segment, from, maximumRecords, maximumBytes, records, ref bytes)) break;
            from = Math.Max(segment.Last, from) + 1;
        }

        return records;
    }

    /// <summary>Lets records go; remembered on disk before it returns.</summary>
    public void Acknowledge(long through)
    {
        through = Math.Min(through, DurableThrough);
        if (through <= AcknowledgedThrough) return;
        AcknowledgedThrough = through;
        _stateStale = true;
        try
        {
            SaveState();
        }
        finally
        {
            // Safe even when the state could not be written: a gap before the first record means acknowledged,
            // and on a full disk deleting is what makes room for the state.
            DeleteAcknowledged();
        }
    }

    public void Dispose() => _active?.Dispose();

    // As many records as fit one segment become durable with one write and one sync.
    private int WriteGroup(IReadOnlyList<PendingRecord> records, int from)
    {
        bool fresh = !CanAppend() || _segments[^1].Length + records[from].SpoolBytes > _options.SegmentBytes;
        Segment segment = fresh ? NewSegment() : _segments[^1];
        long length = segment.Length;
        int count = 0, bytes = fresh ? SegmentFormat.HeaderBytes : 0;
        while (from + count < records.Count && (count == 0 || length + bytes + records[from + count].SpoolBytes <= _options.SegmentBytes))
        {
            bytes += records[from + count++].SpoolBytes;
        }

        MakeRoom(bytes, keep: segment);
        if (_buffer.Length < bytes) _buffer = new byte[bytes];
        Fill(_buffer.AsSpan(0, bytes), records, from, count, fresh);
        long offset = fresh ? 0 : length;
        try
        {
            if (fresh) Begin(segment);
            segment.FileLength = Math.Max(segment.FileLength, offset + bytes);
            _active!.Write(offset, _buffer.AsSpan(0, bytes));
            _active.Sync();
            if (fresh) _disk.SyncDirectory();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // After a failed sync nobody knows what is on the medium (the kernel may call the lost pages clean). The
            // segment is opened anew, cut back to what was durable, and written again.
            _active?.Dispose();
            _active = null;
            throw;
        }

        segment.Length = segment.FileLength = offset + bytes;
        segment.Last += count;
        DurableThrough += count;
        return count;
    }

    private Segment NewSegment() =>
        new() { Name = SegmentFormat.Name(DurableThrough + 1), First = DurableThrough + 1, Last = DurableThrough };

    private void Begin(Segment segment)
    {
        _active?.Dispose();
        _active = null;
        // Listed before it exists: after a refusal the next attempt takes the same name again, and nothing is added to
        // the segment before it, whose further records this name would declare void.
        _segments.RemoveAll(one => one.Name == segment.Name);
        _segments.Add(segment);
        _active = _disk.Open(segment.Name, create: true);
        _active.Truncate(0);
    }

    // Behind the newest segment's last record, unless the numbering has moved on or its file has gone.
    private bool CanAppend() => _segments.Count > 0 && _segments[^1].Last == DurableThrough && (_active is not null || TryReopen());

    private bool TryReopen()
    {
        Segment newest = _segments[^1];
        if (newest.Length < SegmentFormat.HeaderBytes) return false;
        ISpoolFile file;
        try
        {
            file = _disk.Open(newest.Name, create: false);
        }
        catch (FileNotFoundException)
        {
            return false;
        }

        if (file.Length != newest.Length) file.Truncate(newest.Length);
        newest.FileLength = newest.Length;
        _active = file;
        return true;
    }

    private void Fill(Span<byte> to, IReadOnlyList<PendingRecord> records, int from, int count, bool fresh)
    {
        if (fresh)
        {
            SegmentFormat.WriteHeader(to, Epoch, DurableThrough + 1);
            to = to[SegmentFormat.HeaderBytes..];
        }

        for (int i = 0; i < count; i++)
        {
            PendingRecord record = records[from + i];
            SegmentFormat.WriteRecord(to, DurableThrough + 1 + i, record.Kind, record.Severity, record.Payload);
            to = to[record.SpoolBytes..];
        }
    }

    private void MakeRoom(int bytes, Segment keep)
    {
        while (_segments.Count > 0 && Bytes + bytes > _options.MaximumBytes - Reserve && _segments[0] != keep)
        {
            Segment oldest = _segments[0];
            if (_segments.Count == 1)
            {
                _active?.Dispose();
                _active = null;
            }

            _disk.Delete(oldest.Name);
            _segments.RemoveAt(0);
            Dropped += Math.Max(0, oldest.Last - Math.Max(AcknowledgedThrough, oldest.First - 1));
            AcknowledgedThrough = Math.Max(AcknowledgedThrough, oldest.Last);
            _stateStale = true;
        }
    }

    private void SaveState()
    {
        _disk.Replace(SpoolState.FileName, new SpoolState(Epoch, AcknowledgedThrough).Encode());
        _stateStale = false;
    }

    // The newest segment stays even when all of it is acknowledged: its name keeps the numbering should the state be lost.
    private void DeleteAcknowledged()
    {
        while (_segments.Count > 1 && _segments[0].Last <= AcknowledgedThrough)
        {
            _disk.Delete(_segments[0].Name);
            _segments.RemoveAt(0);
        }
    }

    private Segment? FindSegment(long sequence)
    {
        foreach (Segment segment in _segments)
        {
            if (segment.Last >= sequence) return segment;
        }

        return null;
    }

    private bool ReadFrom(Segment segment, long from, int maximumRecords, int maximumBytes, List<SpoolRecord> records, ref int bytes)
    {
        byte[] content = ReadSegment(segment);
        (int offset, long expected) = _cursor.Name == segment.Name && _cursor.Sequence <= from
            ? (_cursor.Offset, _cursor.Sequence)
            : (SegmentFormat.HeaderBytes, segment.First);
        var scan = new SegmentScan(content, offset, expected);
        while (scan.MoveNext(out RecordPlace place))
        {
            if (place.Sequence > segment.Last) break;
            if (place.Sequence < from) continue;
            bool full = records.Count >= maximumRecords || (records.Count > 0 && bytes + place.Length > maximumBytes);
            if (full) return false;
            records.Add(new SpoolRecord(place.Sequence, place.Kind, place.Severity, content.AsMemory(place.Offset + SegmentFormat.RecordHeaderBytes, place.Length)));
            bytes += place.Length;
            _cursor = (segment.Name, place.Sequence + 1, place.End);
        }

        return true;
    }

    private byte[] ReadSegment(Segment segment)
    {
        byte[] content = new byte[segment.Length];
        if (_active is not null && segment == _segments[^1]) _active.Read(0, content);
        else
        {
            using ISpoolFile file = _disk.Open(segment.Name, create: false);
            file.Read(0, content);
        }

        return content;
    }
}
