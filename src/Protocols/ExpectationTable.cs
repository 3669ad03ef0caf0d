using Sensor.Primitives;

namespace Sensor.Protocols;

/// <summary>What a conversation said about a connection that is to follow (FTP's PORT and PASV): which protocol it will speak, and for what.</summary>
/// <param name="Protocol">Name of the protocol.</param>
/// <param name="Purpose">A number of that protocol's own: which command it serves.</param>
/// <param name="Control">The flow that announced it (EVE's flow id).</param>
public readonly record struct Expectation(string Protocol, int Purpose, long Control);

/// <summary>
/// Connections that were announced and have not come yet: (who will open it, to which address and port) → what it will be. One
/// for all workers, because the flow hash may send the two connections to different ones; so it has a lock, which is taken only
/// when something is announced, or when a flow begins while something is. The newest announcement of an address and port counts, each is good for one
/// connection and <see cref="Lifetime"/>, and when the table is full the oldest makes way.
/// </summary>
public sealed class ExpectationTable
{
    /// <summary>Announced connections that have not come yet, over all workers.</summary>
    public const int Capacity = 4096;

    /// <summary>Bytes kept of a name.</summary>
    public const int LongestName = 512;

    /// <summary>Packet time an announcement is good for. The reference engine's.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    private readonly record struct Key(IpAddress Opener, IpAddress Listener, ushort Port);

    private struct Entry
    {
        public Key Key;
        public Expectation Expected;
        public PacketTime Until;
        public int NameLength;
        public bool InUse;
    }

    private readonly Lock _lock = new();
    private readonly Dictionary<Key, int> _index = new(Capacity);
    private readonly Entry[] _entries = new Entry[Capacity];
    private readonly byte[] _names = new byte[Capacity * LongestName];
    private int _next, _count;

    /// <summary>Announcements that made way for newer ones before their connection came.</summary>
    public long Displaced { get; private set; }

    public int Count => Volatile.Read(ref _count);

    public void Add(IpAddress opener, IpAddress listener, ushort port, in Expectation expected, ReadOnlySpan<byte> name, PacketTime now)
    {
        var key = new Key(opener, listener, port);
        lock (_lock)
        {
            if (_index.TryGetValue(key, out int slot))
            {
                Remove(slot);
            }
            else
            {
                slot = _next;
                _next = (_next + 1) % Capacity;
                if (_entries[slot].InUse)
                {
                    if (_entries[slot].Until > now) Displaced++;
                    Remove(slot);
                }
            }

            name = name[..Math.Min(name.Length, LongestName)];
            name.CopyTo(_names.AsSpan(slot * LongestName));
            _entries[slot] = new Entry { Key = key, Expected = expected, Until = now + Lifetime, NameLength = name.Length, InUse = true };
            _index[key] = slot;
            Volatile.Write(ref _count, _count + 1);
        }
    }

    /// <summary>Was this connection announced? If so it is taken out.</summary>
    /// <param name="opener">Who opened it.</param>
    /// <param name="listener">To whom.</param>
    /// <param name="port">To which port.</param>
    /// <param name="now">Packet time.</param>
    /// <param name="name">Room for the name, <see cref="LongestName"/> bytes.</param>
    /// <param name="nameLength">Bytes of the name.</param>
    /// <param name="expected">What was announced.</param>
    public bool TryTake(IpAddress opener, IpAddress listener, ushort port, PacketTime now, Span<byte> name, out int nameLength, out Expectation expected)
    {
        nameLength = 0;
        expected = default;
        if (Count == 0) return false;
        lock (_lock)
        {
            if (!_index.TryGetValue(new Key(opener, listener, port), out int slot)) return false;
            ref Entry entry = ref _entries[slot];
            bool isGood = now <= entry.Until;
            expected = entry.Expected;
            nameLength = entry.NameLength;
            _names.AsSpan(slot * LongestName, nameLength).CopyTo(name);
            Remove(slot);
            return isGood;
        }
    }

    private void Remove(int slot)
    {
        _index.Remove(_entries[slot].Key);
        _entries[slot] = default;
        Volatile.Write(ref _count, _count - 1);
    }
}
