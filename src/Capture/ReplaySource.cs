using System.Diagnostics;
using Sensor.Primitives;

namespace Sensor.Capture;

/// <summary>How capture files are replayed.</summary>
public sealed record ReplayOptions
{
    /// <summary>1 keeps the recorded pace, 2 doubles it, 0 goes as fast as the workers take it.</summary>
    public double Speed { get; init; }

    /// <summary>How often the files are played in all; 0 means until stopped. Times go on rising from round to round.</summary>
    public int Rounds { get; init; } = 1;
}

/// <summary>Capture files one after the other, as often and as fast as asked.</summary>
public sealed class ReplaySource : IPacketSource
{
    /// <summary>Packet time between the last frame of a round and the first of the next.</summary>
    private const long BetweenRounds = PacketTime.NanosecondsPerSecond;

    private readonly IReadOnlyList<string> _paths;
    private readonly ReplayOptions _options;
    private readonly List<string> _notes = [];
    private CaptureFile? _file;
    private int _index = -1, _round;
    private ulong _number;
    private long _shift, _latest = long.MinValue, _earliest = long.MaxValue, _startTicks;
    private long _delivered;
    private bool _hasPending;
    private byte[] _pending = [];
    private int _pendingLength, _pendingWire;
    private PacketTime _pendingTime;
    private LinkType _pendingLink;
    private volatile bool _stopped;

    /// <exception cref="CaptureException">A file is missing or no capture; all are tried before the first frame is read.</exception>
    public ReplaySource(IReadOnlyList<string> paths, ReplayOptions? options = null)
    {
        if (paths.Count == 0) throw new CaptureException("cannot replay: no capture file was named");
        foreach (string path in paths) CaptureFile.Open(path).Dispose();
        _paths = paths;
        _options = options ?? new ReplayOptions();
    }

    public string Name => _file?.Name ?? _paths[Math.Clamp(_index, 0, _paths.Count - 1)];

    public bool IsLive => false;

    /// <summary>One line for each file that ended before its end.</summary>
    public IReadOnlyList<string> EndNotes => _notes;

    public SourceStatistics Statistics => new(Volatile.Read(ref _delivered), 0, 0);

    public ReadStatus Read(out RawPacket frame)
    {
        frame = default;
        if (_stopped) return ReadStatus.End;
        if (_hasPending) return ReleasePending(out frame);
        while (true)
        {
            if (_file is null && !TryOpenNext()) return ReadStatus.End;
            if (_file!.Read(out RawPacket read) == ReadStatus.Frame) return Deliver(read, out frame);
            if (_file.EndNote is { } note && _round == 0) _notes.Add(note);
            _file.Dispose();
            _file = null;
        }
    }

    public void Wait(int milliseconds)
    {
        if (_hasPending) Thread.Sleep((int)Math.Clamp(DueIn(_pendingTime) / 1_000_000, 0, milliseconds));
    }

    public void Stop() => _stopped = true;

    public void Dispose() => _file?.Dispose();

    private bool TryOpenNext()
    {
        if (++_index == _paths.Count)
        {
            // A round without a frame would go on for ever.
            if (++_round == _options.Rounds || _latest == long.MinValue) return false;
            _index = 0;
            _shift = _latest - _earliest + BetweenRounds;
        }

        _file = CaptureFile.Open(_paths[_index]);
        return true;
    }

    private ReadStatus Deliver(RawPacket read, out RawPacket frame)
    {
        var time = new PacketTime(read.Time.Nanoseconds + _shift);
        if (_round == 0) _earliest = Math.Min(_earliest, read.Time.Nanoseconds);
        _latest = Math.Max(_latest, time.Nanoseconds);
        if (_options.Speed > 0 && DueIn(time) > 0)
        {
            Keep(read, time);
            frame = default;
            return ReadStatus.Idle;
        }

        frame = new RawPacket(read.Bytes, read.WireLength, time, read.Link, ++_number);
        _delivered++;
        return ReadStatus.Frame;
    }

    private void Keep(RawPacket read, PacketTime time)
    {
        if (_pending.Length < read.Bytes.Length) _pending = new byte[Math.Max(read.Bytes.Length, 65536)];
        read.Bytes.CopyTo(_pending);
        (_pendingLength, _pendingWire, _pendingTime, _pendingLink, _hasPending) = (read.Bytes.Length, read.WireLength, time, read.Link, true);
    }

    private ReadStatus ReleasePending(out RawPacket frame)
    {
        frame = default;
        if (DueIn(_pendingTime) > 0) return ReadStatus.Idle;
        _hasPending = false;
        frame = new RawPacket(_pending.AsSpan(0, _pendingLength), _pendingWire, _pendingTime, _pendingLink, ++_number);
        _delivered++;
        return ReadStatus.Frame;
    }

    // The wall clock only decides when to hand out; packet time stays what was recorded.
    private long DueIn(PacketTime time)
    {
        if (_startTicks == 0) _startTicks = Stopwatch.GetTimestamp();
        double due = (time.Nanoseconds - _earliest) / _options.Speed;
        return (long)(due - Stopwatch.GetElapsedTime(_startTicks).TotalNanoseconds);
    }
}
