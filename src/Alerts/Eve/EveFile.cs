using Microsoft.Win32.SafeHandles;

namespace Sensor.Alerts.Eve;

public sealed record EveFileOptions
{
    public required string Path { get; init; }

    /// <summary>Called before bytes are written: the daemon makes alerts durable in the spool first, so that no line is ahead of it.</summary>
    public Action? BeforeWrite { get; init; }

    /// <summary>A file that would grow beyond this is closed and numbered: eve.json → eve.json.1 → eve.json.2 ...; 0 for one file without end (replays).</summary>
    public long RotateBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Bytes of all of them together; the oldest goes first.</summary>
    public long TotalBytes { get; init; } = 2L * 1024 * 1024 * 1024;

    /// <summary>Begin with an empty file instead of appending (replays).</summary>
    public bool Truncate { get; init; }

    /// <summary>Least time between two attempts to write to a disk that refused.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>
/// Event records as lines of a file, with rotation and a byte limit. A disk that refuses costs lines (counted), never the
/// service: it is tried again, the file always ends with a whole line, and the change is announced once in each direction.
/// </summary>
public sealed class EveFile(EveFileOptions options, TimeProvider? clock = null) : IEventConsumer, IDisposable
{
    private const int WriteAtBytes = 256 * 1024;

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly EventBuffer _pending = new();
    private int _pendingLines;
    private SafeFileHandle? _handle;
    private long _length;
    private long _retryAt;
    private bool _begun;
    private volatile bool _reopen;

    public string Name => "eve";

    public long Lines { get; private set; }

    /// <summary>Records that are not in the file because the disk refused.</summary>
    public long LinesLost { get; private set; }

    /// <summary>Null while all is well.</summary>
    public string? Problem { get; private set; }

    /// <summary>Told, on the event thread, when writing begins to fail (with the reason) and when it works again (null).</summary>
    public event Action<string?>? ProblemChanged;

    public void Consume(scoped in SensorEvent happened)
    {
        happened.Json.CopyTo(_pending.GetSpan(happened.Json.Length + 1));
        _pending.Advance(happened.Json.Length);
        _pending.GetSpan(1)[0] = (byte)'\n';
        _pending.Advance(1);
        _pendingLines++;
        if (_pending.Length >= WriteAtBytes) Flush();
    }

    /// <summary>Another program has moved the file away (logrotate): the next write makes it anew.</summary>
    public void Reopen() => _reopen = true;

    public void Flush()
    {
        if (_pending.Length == 0 && (Problem is null || _clock.GetTimestamp() < _retryAt)) return;
        if (Problem is not null && _clock.GetTimestamp() < _retryAt)
        {
            Lose();
            return;
        }

        try
        {
            Write();
            Announce(null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            CutBack();
            Lose();
            _retryAt = _clock.GetTimestamp() + (long)(options.RetryDelay.TotalSeconds * _clock.TimestampFrequency);
            Announce($"cannot write {options.Path}: {error.Message}; event records are lost until it can be written, alerts go on to the spool and the portal");
        }
    }

    public void Dispose()
    {
        Flush();
        _handle?.Dispose();
        _handle = null;
    }

    private void Write()
    {
        if (_reopen)
        {
            _reopen = false;
            _handle?.Dispose();
            _handle = null;
        }

        if (_handle is not null && options.RotateBytes > 0 && _length > 0 && _length + _pending.Length > options.RotateBytes) Rotate();
        if (_handle is null) Open();
        options.BeforeWrite?.Invoke();
        RandomAccess.Write(_handle!, _pending.Written, _length);
        _length += _pending.Length;
        Lines += _pendingLines;
        _pending.Clear();
        _pendingLines = 0;
    }

    private void Open()
    {
        if (Path.GetDirectoryName(Path.GetFullPath(options.Path)) is { } directory) Directory.CreateDirectory(directory);
        _handle = File.OpenHandle(options.Path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        if (options.Truncate && !_begun) RandomAccess.SetLength(_handle, 0);
        _begun = true;
        _length = RandomAccess.GetLength(_handle);
        EndLine();
    }

    // A crash may have left half a line: close it, so that only that one record is unreadable.
    private void EndLine()
    {
        Span<byte> last = stackalloc byte[1];
        if (_length == 0 || RandomAccess.Read(_handle!, last, _length - 1) == 0 || last[0] == (byte)'\n') return;
        RandomAccess.Write(_handle!, "\n"u8, _length++);
    }

    private void Rotate()
    {
        _handle!.Dispose();
        _handle = null;
        int keep = (int)Math.Clamp((options.TotalBytes / Math.Max(1, options.RotateBytes)) - 1, 1, 999);
        for (int number = keep; File.Exists(Numbered(number)); number++) File.Delete(Numbered(number));
        for (int number = keep - 1; number >= 1; number--)
        {
            if (File.Exists(Numbered(number))) File.Move(Numbered(number), Numbered(number + 1), overwrite: true);
        }

        File.Move(options.Path, Numbered(1), overwrite: true);
    }

    private string Numbered(int number) => $"{options.Path}.{number}";

    private void CutBack()
    {
        try
        {
            if (_handle is not null) RandomAccess.SetLength(_handle, _length);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Half a line stays; Open closes it.
        }

        _handle?.Dispose();
        _handle = null;
    }

    private void Lose()
    {
        LinesLost += _pendingLines;
        _pending.Clear();
        _pendingLines = 0;
    }

    private void Announce(string? problem)
    {
        bool changed = (problem is null) != (Problem is null);
        Problem = problem;
        if (changed) ProblemChanged?.Invoke(problem);
    }
}
