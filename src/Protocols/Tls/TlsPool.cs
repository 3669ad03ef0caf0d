using Sensor.Primitives;

namespace Sensor.Protocols.Tls;

/// <summary>What the TLS parsers of one worker share: transactions, their text, and scratch lists for the hello in hand.</summary>
internal sealed class TlsPool
{
    /// <summary>Connections of one worker that are described at once. Beyond it a connection is named and not read.</summary>
    public const int MostTransactions = 262_144;

    /// <summary>Bytes of names and certificates of one worker. Beyond it the newest connections stay without, with an event.</summary>
    public const long MostText = 256L * 1024 * 1024;

    public TlsPool(ProtocolOptions options, double shareOfFlows)
    {
        Text = new ByteSlab(MostText);
        // A connection is described as long as it lives: its name in a small block, its certificates in one of 2 KB.
        int expected = options.Expected(shareOfFlows);
        Text.Stock(ByteSlab.SmallestBlock, expected);
        Text.Stock(8 * ByteSlab.SmallestBlock, expected * 3 / 4);
        Transactions = new ObjectSlab<TlsTransaction>(() => new TlsTransaction(Text), expected, MostTransactions);
    }

    public ByteSlab Text { get; }

    public ObjectSlab<TlsTransaction> Transactions { get; }

    public HelloLists Lists { get; } = new();
}

/// <summary>The number lists of one hello. Used while it is read, then free for the next.</summary>
internal sealed class HelloLists
{
    public NumberList CipherSuites { get; } = new();

    public NumberList Extensions { get; } = new();

    public NumberList Groups { get; } = new();

    public NumberList SignatureAlgorithms { get; } = new();

    public NumberList PointFormats { get; } = new();

    /// <summary>Room in which a fingerprint's text is put together: five characters per number.</summary>
    public byte[] Hex { get; } = GC.AllocateUninitializedArray<byte>(5 * 2 * NumberList.Most);

    public void Clear()
    {
        CipherSuites.Clear();
        Extensions.Clear();
        Groups.Clear();
        SignatureAlgorithms.Clear();
        PointFormats.Clear();
    }
}

/// <summary>16-bit numbers in the order of the wire, as many as fit into a handshake message.</summary>
internal sealed class NumberList
{
    public const int Most = TlsLimits.Message / 2;

    private readonly ushort[] _items = GC.AllocateUninitializedArray<ushort>(Most);

    public int Count { get; private set; }

    public Span<ushort> Items => _items.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public void Add(ushort value)
    {
        if (Count < Most) _items[Count++] = value;
    }

    /// <summary>Adds every number that is not GREASE.</summary>
    public void AddAll(ReadOnlySpan<byte> bytes)
    {
        var cursor = new ByteCursor(bytes);
        while (cursor.TryReadUInt16(out ushort value))
        {
            if (!TlsVersion.IsGrease(value)) Add(value);
        }
    }
}
