using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sensor.Primitives;

namespace Sensor.Protocols.Http2;

/// <summary>
/// The headers one side may refer to by number: those of RFC 7541 appendix A, then those it sent, the newest first. What
/// is kept never passes <see cref="Most"/>, whatever the sides agree on. A field of a parser; never copied.
/// </summary>
internal struct HeaderTable(ByteSlab slab)
{
    /// <summary>Bytes of the table, each entry counted with 32 more (RFC 7541 section 4.1).</summary>
    public const int Most = 65_536;

    private const int Default = 4096, Overhead = 32;

    private readonly record struct Entry(int Start, int Name, int Value);

    private static readonly (byte[] Name, byte[] Value)[] s_static = [.. StaticHeaders.All.Select(one => (System.Text.Encoding.ASCII.GetBytes(one.Name), System.Text.Encoding.ASCII.GetBytes(one.Value)))];

    private PooledBytes _bytes = new(slab), _entries = new(slab);
    private int _first, _size, _limit = Default;

    public bool TryGet(long index, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        if (index < 1) return false;
        if (index <= s_static.Length)
        {
            (byte[] staticName, byte[] staticValue) = s_static[index - 1];
            name = staticName;
            value = staticValue;
            return true;
        }

        ReadOnlySpan<Entry> entries = Entries;
        long at = entries.Length - (index - s_static.Length);
        if (at < _first || at >= entries.Length) return false;
        Entry entry = entries[(int)at];
        name = _bytes.Slice(entry.Start, entry.Name);
        value = _bytes.Slice(entry.Start + entry.Name, entry.Value);
        return true;
    }

    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int size = name.Length + value.Length + Overhead;
        Shrink(Math.Max(0, _limit - size));
        if (size > _limit) return; // RFC 7541 section 4.4: an entry that is too large empties the table
        MakeRoom();
        var entry = new Entry(_bytes.Length, name.Length, value.Length);
        if (!_bytes.TryAppend(name, 3 * Most) || !_bytes.TryAppend(value, 3 * Most) || !_entries.TryAppend(MemoryMarshal.AsBytes(new ReadOnlySpan<Entry>(in entry)), Most)) return;
        _size += size;
    }

    public void Resize(long limit)
    {
        _limit = (int)Math.Clamp(limit, 0, Most);
        Shrink(_limit);
    }

    public void Release()
    {
        _bytes.Release();
        _entries.Release();
        _first = _size = 0;
        _limit = Default;
    }

    private readonly ReadOnlySpan<Entry> Entries => MemoryMarshal.Cast<byte, Entry>(_entries.Span);

    private void Shrink(int size)
    {
        ReadOnlySpan<Entry> entries = Entries;
        while (_size > size && _first < entries.Length)
        {
            _size -= entries[_first].Name + entries[_first].Value + Overhead;
            _first++;
        }
    }

    /// <summary>Moves what is kept to the front once more has gone than is left, so that each byte is moved at most once per byte that came.</summary>
    private void MakeRoom()
    {
        Span<Entry> entries = MemoryMarshal.Cast<byte, Entry>(_entries.Writable);
        int start = _first < entries.Length ? entries[_first].Start : _bytes.Length;
        if (start < Default || start < _bytes.Length - start) return;
        Span<byte> bytes = _bytes.Writable;
        bytes[start..].CopyTo(bytes);
        _bytes.Shorten(bytes.Length - start);
        for (int i = _first; i < entries.Length; i++) entries[i - _first] = entries[i] with { Start = entries[i].Start - start };
        _entries.Shorten((entries.Length - _first) * Unsafe.SizeOf<Entry>());
        _first = 0;
    }
}

/// <summary>RFC 7541 appendix A.</summary>
internal static class StaticHeaders
{
    public static IReadOnlyList<(string Name, string Value)> All { get; } =
    [
        (":authority", ""), (":method", "GET"), (":method", "POST"), (":path", "/"), (":path", "/index.html"), (":scheme", "http"), (":scheme", "https"),
        (":status", "200"), (":status", "204"), (":status", "206"), (":status", "304"), (":status", "400"), (":status", "404"), (":status", "500"),
        ("accept-charset", ""), ("accept-encoding", "gzip, deflate"), ("accept-language", ""), ("accept-ranges", ""), ("accept", ""),
        ("access-control-allow-origin", ""), ("age", ""), ("allow", ""), ("authorization", ""), ("cache-control", ""), ("content-disposition", ""),
        ("content-encoding", ""), ("content-language", ""), ("content-length", ""), ("content-location", ""), ("content-range", ""), ("content-type", ""),
        ("cookie", ""), ("date", ""), ("etag", ""), ("expect", ""), ("expires", ""), ("from", ""), ("host", ""), ("if-match", ""), ("if-modified-since", ""),
        ("if-none-match", ""), ("if-range", ""), ("if-unmodified-since", ""), ("last-modified", ""), ("link", ""), ("location", ""), ("max-forwards", ""),
        ("proxy-authenticate", ""), ("proxy-authorization", ""), ("range", ""), ("referer", ""), ("refresh", ""), ("retry-after", ""), ("server", ""),
        ("set-cookie", ""), ("strict-transport-security", ""), ("transfer-encoding", ""), ("user-agent", ""), ("vary", ""), ("via", ""), ("www-authenticate", ""),
    ];
}
