namespace Sensor.Alerts.Spool;

/// <summary>
/// Walks the records of a segment's bytes. Where a record is damaged it looks for the next sound one, byte by byte,
/// so that one bad spot costs the records it lies in and no others.
/// </summary>
internal ref struct SegmentScan
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly long _highest;
    private int _offset;
    private long _expected;

    /// <param name="bytes">The whole segment file.</param>
    /// <param name="expected">Sequence of the record at <paramref name="offset"/>.</param>
    public SegmentScan(ReadOnlySpan<byte> bytes, int offset, long expected)
    {
        _bytes = bytes;
        _offset = offset;
        _expected = expected;
        _highest = expected + (bytes.Length / SegmentFormat.RecordHeaderBytes);
        SoundTo = offset;
    }

    /// <summary>Offset after the last sound record so far.</summary>
    public int SoundTo { get; private set; }

    /// <summary>Records that were skipped because they are damaged (told by the jump in sequences).</summary>
    public long Damaged { get; private set; }

    public bool MoveNext(out RecordPlace place)
    {
        for (int offset = _offset; offset <= _bytes.Length - SegmentFormat.RecordHeaderBytes; offset++)
        {
            if (SegmentFormat.TryReadRecord(_bytes, offset, _expected, _highest, out place)) return Accept(place);
        }

        place = default;
        return false;
    }

    private bool Accept(in RecordPlace place)
    {
        Damaged += place.Sequence - _expected;
        _expected = place.Sequence + 1;
        _offset = SoundTo = place.End;
        return true;
    }
}
