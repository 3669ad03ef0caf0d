using System.Runtime.InteropServices;
using Sensor.Primitives;

namespace Sensor.Protocols.Dns;

public enum DnsSection : byte { Queries, Answers, Authorities, Additionals }

/// <summary>Where a piece of text lies in <see cref="DnsTransaction"/>'s text.</summary>
public readonly record struct DnsText(int Start, int Length, bool IsTruncated = false);

/// <summary>
/// A question or a resource record. What <see cref="Data"/> holds depends on the type: a name (CNAME, NS, PTR, MX,
/// SOA's primary server, SRV's target), one string of a TXT record (each string is an entry of its own), else the
/// bytes as on the wire.
/// </summary>
public struct DnsEntry
{
    public DnsSection Section;
    public ushort Type, Class;
    /// <summary>Seconds.</summary>
    public uint TimeToLive;
    public DnsText Name, Data;
    /// <summary>SOA: the mailbox name.</summary>
    public DnsText Mailbox;
    /// <summary>SOA: five 32-bit numbers; SRV: three 16-bit ones; big-endian as on the wire.</summary>
    public DnsText Numbers;
    /// <summary>The data could not be read as its type says: <see cref="Data"/> is empty.</summary>
    public bool IsDataInvalid;

    public readonly bool HasNameAsData => !IsDataInvalid && Section != DnsSection.Queries
        && Type is DnsType.Cname or DnsType.Ns or DnsType.Ptr or DnsType.Mx or DnsType.Soa or DnsType.Srv;
}

/// <summary>
/// One DNS message: requests and responses are transactions of their own, as in the reference engine, since a
/// response may come long after, more than once or unasked. The side that it does not have counts as complete and inspected.
/// </summary>
public sealed class DnsTransaction(ByteSlab slab) : Transaction
{
    private PooledBytes _text = new(slab);
    private PooledBytes _entries = new(slab);
    private int _firstAnswer, _firstAuthority, _firstAdditional;

    /// <summary>The header's identification, flags (all 16 bits).</summary>
    public ushort MessageId, Flags;

    /// <summary>Which way the message travelled.</summary>
    public Direction Travel;

    /// <summary>The message broke off in its questions or answers; what was read before is there.</summary>
    public bool IsMalformed;

    public override Direction? OneWay => Travel;

    public bool IsResponse => (Flags & 0x8000) != 0;

    public int Opcode => (Flags >> 11) & 0xf;

    /// <summary>The four bits of the header; an OPT record's extension (RFC 6891 section 6.1.3) is not added.</summary>
    public int ResponseCode => Flags & 0xf;

    /// <summary>Questions and records in the order of the message.</summary>
    public ReadOnlySpan<DnsEntry> Entries => MemoryMarshal.Cast<byte, DnsEntry>(_entries.Span);

    public ReadOnlySpan<byte> TextOf(DnsText text) => _text.Slice(text.Start, text.Length);

    /// <summary>Entries of one section; empty when the message has none, or broke off before.</summary>
    public ReadOnlySpan<DnsEntry> In(DnsSection section) => section switch
    {
        DnsSection.Queries => Entries[.._firstAnswer],
        DnsSection.Answers => Entries[_firstAnswer.._firstAuthority],
        DnsSection.Authorities => Entries[_firstAuthority.._firstAdditional],
        _ => Entries[_firstAdditional..],
    };

    public override void Reset()
    {
        base.Reset();
        MessageId = Flags = 0;
        Travel = Direction.ToServer;
        IsMalformed = false;
        _firstAnswer = _firstAuthority = _firstAdditional = 0;
        _text.Release();
        _entries.Release();
    }

    internal int TextLength => _text.Length;

    internal bool TryReserveText(int count, out Span<byte> room) => _text.TryReserve(count, DnsLimits.Text, out room);

    internal void ShortenText(int length) => _text.Shorten(length);

    internal bool TryAddText(ReadOnlySpan<byte> bytes, out DnsText text)
    {
        text = new DnsText(_text.Length, bytes.Length);
        return _text.TryAppend(bytes, DnsLimits.Text);
    }

    internal bool TryAdd(in DnsEntry entry)
    {
        int size = System.Runtime.CompilerServices.Unsafe.SizeOf<DnsEntry>();
        return _entries.TryAppend(MemoryMarshal.AsBytes(new ReadOnlySpan<DnsEntry>(in entry)), DnsLimits.Entries * size);
    }

    /// <summary>Entries from here on belong to <paramref name="section"/> or a later one.</summary>
    internal void Begin(DnsSection section)
    {
        int here = EntryCount;
        if (section <= DnsSection.Answers) _firstAnswer = here;
        if (section <= DnsSection.Authorities) _firstAuthority = here;
        _firstAdditional = here;
    }

    internal int EntryCount => Entries.Length;

    /// <summary>Takes a section back that turned out to be broken.</summary>
    internal void KeepEntries(int count) => _entries.Shorten(count * System.Runtime.CompilerServices.Unsafe.SizeOf<DnsEntry>());
}
