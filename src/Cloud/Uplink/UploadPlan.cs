namespace Sensor.Cloud;

/// <summary>A range of sequences to upload next; a live one is ahead of the backlog and not acknowledged to the spool yet.</summary>
internal readonly record struct UploadRange(long From, long End, bool Live);

/// <summary>
/// Decides which records go next; uploads none of them.
/// - Oldest first.
/// - A box that comes back after a long outage must not hide today's attack behind last week's: while more than
///   <see cref="Backlog"/> records wait, every second batch is of those that arrived since the backlog was noticed.
/// - Those are one contiguous range, remembered in memory; when the backlog reaches it, the range is acknowledged
///   whole. After a crash it is uploaded again, and the portal knows the alerts already.
/// </summary>
internal sealed class UploadPlan
{
    /// <summary>Four full batches; below that, waiting is a matter of seconds.</summary>
    public const long Backlog = 4 * Uploader.MaximumRecords;

    private long _epoch;
    private bool _hasLive;
    private bool _liveLast;
    private long _liveFrom;
    private long _liveEnd;

    /// <summary>The next range, null when nothing waits.</summary>
    /// <param name="window">What waits.</param>
    /// <param name="acknowledge">Set when the backlog has met the live range: everything up to and including this is uploaded.</param>
    public UploadRange? Next(UploadWindow window, out long? acknowledge)
    {
        acknowledge = null;
        (long epoch, long first, long next) = window;
        if (epoch != _epoch) _hasLive = false; // another numbering: nothing remembered holds
        _epoch = epoch;
        if (_hasLive && first >= _liveFrom)
        {
            acknowledge = EndLive(first);
            first = Math.Max(first, _liveEnd);
        }

        if (first >= next) return null;
        if (!_hasLive && next - first > Backlog)
        {
            _hasLive = true;
            _liveFrom = _liveEnd = next;
        }

        bool live = _hasLive && _liveEnd < next && !_liveLast;
        _liveLast = live;
        return live ? new UploadRange(_liveEnd, next, true) : new UploadRange(first, _hasLive ? _liveFrom : next, false);
    }

    /// <summary>Records of a live range up to and including <paramref name="through"/> are uploaded.</summary>
    public void LiveUploaded(long through) => _liveEnd = through + 1;

    /// <summary>The spool has nothing in the range that was planned: it was dropped. What may be acknowledged instead.</summary>
    public long Dropped(UploadRange range)
    {
        if (!_hasLive) return range.End - 1;
        if (!range.Live) return EndLive(range.End - 1) ?? range.End - 1;
        _liveEnd = range.End;
        return 0;
    }

    private long? EndLive(long first)
    {
        _hasLive = false;
        return _liveEnd > first ? _liveEnd - 1 : null;
    }
}
