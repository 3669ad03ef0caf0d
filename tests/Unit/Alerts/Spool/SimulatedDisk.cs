using Sensor.Alerts.Spool;

namespace Sensor.Tests.Alerts.Spool;

/// <summary>The machine stops here; nothing after this instruction happens.</summary>
public sealed class SimulatedCrashException : Exception;

/// <summary>
/// A disk that behaves as badly as a real one may: what was not synced can survive a crash wholly, partly, torn or not at all,
/// in any order; names of new files survive only after the directory was synced; and it can refuse.
/// </summary>
public sealed class SimulatedDisk : ISpoolDisk
{
    private sealed class Content
    {
        public byte[] Durable = [];
        public byte[] Current = [];
        public readonly List<(long Offset, byte[] Bytes)> Unsynced = [];
    }

    private readonly Dictionary<string, Content> _names = [];
    private Dictionary<string, Content> _durableNames = [];

    /// <summary>Operations that change something, since the start.</summary>
    public int Operations { get; private set; }

    /// <summary>The machine crashes at this operation (a write is torn there), -1 for never.</summary>
    public int CrashAt { get; set; } = -1;

    /// <summary>Asked at every changing operation: refuse it?</summary>
    public Func<bool> Refuses { get; set; } = () => false;

    public bool IsReadOnly { get; set; }

    /// <summary>Bytes of all files.</summary>
    public long Bytes => _names.Values.Sum(content => (long)content.Current.Length);

    public byte[] this[string name]
    {
        get => _names[name].Current;
        set => _names[name] = _durableNames[name] = new Content { Current = value, Durable = value };
    }

    public IReadOnlyList<string> List() => [.. _names.Keys.Order()];

    public byte[]? ReadAll(string name) => _names.TryGetValue(name, out Content? content) ? content.Current : null;

    public ISpoolFile Open(string name, bool create)
    {
        if (!_names.TryGetValue(name, out Content? content))
        {
            if (!create) throw new FileNotFoundException(name);
            Step();
            _names[name] = content = new Content();
        }

        return new SimulatedFile(this, content);
    }

    public void Delete(string name)
    {
        Step();
        _names.Remove(name);
    }

    public void Rename(string from, string to)
    {
        Step();
        if (_names.Remove(from, out Content? content)) _names[to] = content;
    }

    public void Replace(string name, ReadOnlySpan<byte> content)
    {
        byte[] bytes = content.ToArray();
        Step();
        _names[name] = new Content { Current = bytes, Durable = bytes };
        SyncDirectory();
    }

    public void SyncDirectory()
    {
        Step();
        _durableNames = new Dictionary<string, Content>(_names);
    }

    public void Dispose() { }

    /// <summary>What a restart finds after the power went.</summary>
    public SimulatedDisk AfterPowerCut(Random random)
    {
        var after = new SimulatedDisk();
        Dictionary<string, Content> names = random.Next(2) == 0 ? _names : _durableNames;
        foreach ((string name, Content content) in names) after[name] = Survivor(content, random);
        return after;
    }

    /// <summary>What a restart finds after <c>kill -9</c>: the kernel still has everything written.</summary>
    public SimulatedDisk AfterKill()
    {
        var after = new SimulatedDisk();
        foreach ((string name, Content content) in _names) after[name] = content.Current;
        return after;
    }

    private static byte[] Survivor(Content content, Random random)
    {
        byte[] bytes = content.Durable;
        foreach ((long offset, byte[] written) in content.Unsynced)
        {
            if (random.Next(3) == 0) continue;
            int from = random.Next(3) == 0 ? random.Next(written.Length + 1) : 0;
            int to = random.Next(3) == 0 ? random.Next(from, written.Length + 1) : written.Length;
            bytes = Put(bytes, offset + from, written.AsSpan(from, to - from));
        }

        return bytes;
    }

    private static byte[] Put(byte[] into, long offset, ReadOnlySpan<byte> bytes)
    {
        byte[] result = into;
        if (result.Length < offset + bytes.Length) Array.Resize(ref result, (int)offset + bytes.Length);
        else result = [.. result];
        bytes.CopyTo(result.AsSpan((int)offset));
        return result;
    }

    private bool Step(bool tearFirst = false)
    {
        if (CrashAt >= 0 && Operations > CrashAt) throw new SimulatedCrashException();
        if (Operations++ == CrashAt)
        {
            if (tearFirst) return true;
            throw new SimulatedCrashException();
        }

        if (IsReadOnly) throw new IOException("Read-only file system");
        if (Refuses()) throw new IOException("No space left on device");
        return false;
    }

    private sealed class SimulatedFile(SimulatedDisk disk, Content content) : ISpoolFile
    {
        public long Length => content.Current.Length;

        public int Read(long offset, Span<byte> to)
        {
            int length = (int)Math.Clamp(content.Current.Length - offset, 0, to.Length);
            content.Current.AsSpan((int)offset, length).CopyTo(to);
            return length;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            ReadOnlySpan<byte> written = bytes;
            bool torn = false, refused = false;
            try
            {
                torn = disk.Step(tearFirst: true);
            }
            catch (IOException)
            {
                refused = true;
            }

            // A disk that is full takes the beginning; a crash tears in the middle.
            if (torn || (refused && !disk.IsReadOnly)) written = bytes[..(bytes.Length / 2)];
            if (!(refused && disk.IsReadOnly))
            {
                content.Current = Put(content.Current, offset, written);
                content.Unsynced.Add((offset, written.ToArray()));
            }

            if (torn) throw new SimulatedCrashException();
            if (refused) throw new IOException("No space left on device");
        }

        public void Sync()
        {
            disk.Step();
            content.Durable = content.Current;
            content.Unsynced.Clear();
        }

        public void Truncate(long length)
        {
            disk.Step();
            content.Current = content.Current.Length > length ? content.Current[..(int)length] : Put(content.Current, length, []);
            content.Unsynced.Clear();
            content.Durable = content.Durable.Length > length ? content.Durable[..(int)length] : content.Durable;
        }

        public void Dispose() { }
    }
}
