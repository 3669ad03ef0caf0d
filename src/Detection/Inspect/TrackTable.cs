using Sensor.Primitives;

namespace Sensor.Detection.Inspect;

/// <summary>What a tracked count or bit belongs to: a rule or bit, and the address, pair or flow it is counted for.</summary>
internal readonly record struct TrackKey(ulong Subject, IpAddress First, IpAddress Second);

/// <summary>One tracked thing.</summary>
internal struct TrackEntry
{
    public TrackKey Key;

    /// <summary>Nanoseconds of packet time from which the entry means nothing any more; 0 for an empty place.</summary>
    public long Expires;

    /// <summary>Begin of the time window, and matches in it.</summary>
    public long Started;

    public uint Count;

    /// <summary>Second number, where the user needs one (end of a rate filter's new action, next step of a backoff).</summary>
    public long Extra;
}

/// <summary>
/// Counts per address, pair, flow or rule, bounded for good: eight places per hash value, and when all are taken the
/// one that expires first gives way (counted). The hash is keyed, so that traffic cannot choose who shares places.
/// Shared by all workers; only rules that have matched come here, so a lock per group of places is no burden.
/// </summary>
internal sealed class TrackTable
{
    private const int Ways = 8;
    private const int LockCount = 64;

    private readonly TrackEntry[] _entries;
    private readonly Lock[] _locks = [.. Enumerable.Range(0, LockCount).Select(_ => new Lock())];
    private readonly int _setMask;
    private readonly ulong _seed;

    /// <param name="capacity">Entries at most; rounded up to a power of two.</param>
    /// <param name="seed">Secret of the hash.</param>
    public TrackTable(int capacity, ulong seed)
    {
        int sets = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(capacity / Ways, 1));
        _entries = new TrackEntry[sets * Ways];
        _setMask = sets - 1;
        _seed = seed;
    }

    /// <summary>Living entries that had to give way to new ones.</summary>
    public long Evicted { get; private set; }

    public int Capacity => _entries.Length;

    public delegate TResult Update<TArgument, TResult>(ref TrackEntry entry, TArgument argument)
        where TArgument : allows ref struct;

    /// <summary>Runs <paramref name="update"/> on the key's entry (a cleared one with <c>Expires</c> 0 when there was none) while nobody else can.</summary>
    public TResult Change<TArgument, TResult>(in TrackKey key, PacketTime now, TArgument argument, Update<TArgument, TResult> update)
        where TArgument : allows ref struct
    {
        int set = (int)Hash(key) & _setMask;
        lock (_locks[set & (LockCount - 1)])
        {
            return update(ref Place(_entries.AsSpan(set * Ways, Ways), key, now), argument);
        }
    }

    /// <summary>A copy of the key's living entry.</summary>
    public bool TryFind(in TrackKey key, PacketTime now, out TrackEntry entry)
    {
        int set = (int)Hash(key) & _setMask;
        lock (_locks[set & (LockCount - 1)])
        {
            foreach (ref TrackEntry candidate in _entries.AsSpan(set * Ways, Ways))
            {
                if (candidate.Expires <= now.Nanoseconds || candidate.Key != key) continue;
                entry = candidate;
                return true;
            }
        }

        entry = default;
        return false;
    }

    private ref TrackEntry Place(Span<TrackEntry> places, in TrackKey key, PacketTime now)
    {
        int best = 0;
        for (int at = 0; at < places.Length; at++)
        {
            if (places[at].Expires != 0 && places[at].Key == key) return ref places[at];
            if (places[at].Expires < places[best].Expires) best = at;
        }

        if (places[best].Expires > now.Nanoseconds) Evicted++;
        places[best] = new TrackEntry { Key = key };
        return ref places[best];
    }

    private uint Hash(in TrackKey key)
    {
        ulong hash = Mix(_seed ^ key.Subject);
        hash = Mix(hash ^ key.First.High);
        hash = Mix(hash ^ key.First.Low);
        hash = Mix(hash ^ key.Second.High);
        hash = Mix(hash ^ key.Second.Low);
        return (uint)(hash >> 32);
    }

    // The finaliser of SplitMix64: every input bit reaches every output bit.
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}

/// <summary>Tables that all workers of one engine share: thresholds and bits of hosts and pairs.</summary>
public sealed class DetectionTables
{
    public DetectionTables(DetectionOptions options)
    {
        ulong seed = BitConverter.ToUInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8));
        Thresholds = new TrackTable(options.TrackedEntries, seed);
        Bits = new TrackTable(options.TrackedEntries, ~seed);
    }

    internal TrackTable Thresholds { get; }

    internal TrackTable Bits { get; }

    /// <summary>Entries that gave way because a table was full.</summary>
    public long Evicted => Thresholds.Evicted + Bits.Evicted;
}
