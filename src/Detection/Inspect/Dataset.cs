using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Sensor.Detection.Inspect;

/// <summary>What a dataset holds.</summary>
public enum DatasetKind : byte { String, Md5, Sha256, Ipv4, Ip }

/// <summary>
/// A named set that rules ask and fill (user guide, "Datasets"). Shared by all workers and rules of one rule set;
/// asking allocates nothing, filling keeps the bytes it is given.
/// </summary>
internal sealed class Dataset(string name, DatasetKind kind)
{
    /// <summary>Entries of one set; further ones are refused and counted.</summary>
    public const int MaximumEntries = 2_000_000;

    /// <summary>Longest string kept.</summary>
    public const int MaximumString = 4096;

    private readonly ConcurrentDictionary<byte[], ushort> _entries = new(BytesComparer.Instance);

    public string Name { get; } = name;

    public DatasetKind Kind { get; } = kind;

    public int Count => _entries.Count;

    /// <summary>Entries that found no room.</summary>
    public long Refused { get; private set; }

    /// <summary>The reputation of an entry: 0 where none was given.</summary>
    public bool TryFind(ReadOnlySpan<byte> entry, out ushort reputation) =>
        _entries.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(entry, out reputation);

    /// <summary>False when it was there already, or found no room.</summary>
    public bool Add(ReadOnlySpan<byte> entry, ushort reputation)
    {
        if (_entries.Count >= MaximumEntries || entry.Length > MaximumString)
        {
            Refused++;
            return false;
        }

        return !TryFind(entry, out _) && _entries.TryAdd(entry.ToArray(), reputation);
    }

    public bool Remove(ReadOnlySpan<byte> entry) => _entries.GetAlternateLookup<ReadOnlySpan<byte>>().TryRemove(entry, out _);

    private sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static BytesComparer Instance { get; } = new();

        public bool Equals(byte[]? left, byte[]? right) => left.AsSpan().SequenceEqual(right);

        public int GetHashCode([DisallowNull] byte[] entry) => GetHashCode(entry.AsSpan());

        public bool Equals(ReadOnlySpan<byte> left, byte[] right) => left.SequenceEqual(right);

        // Keyed by the process: traffic must not choose its bucket.
        public int GetHashCode(ReadOnlySpan<byte> entry)
        {
            HashCode hash = default;
            hash.AddBytes(entry);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> entry) => entry.ToArray();
    }
}
