using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sensor.Primitives;

namespace Sensor.Protocols.Tls;

/// <summary>Where a piece of text lies in the text of its <see cref="TlsTransaction"/>.</summary>
public readonly record struct TlsText(int Start, int Length);

/// <summary>Several texts that follow one another in the list of items.</summary>
public readonly record struct TlsTexts(int First, int Count);

/// <summary>Which messages were seen; the <c>ssl_state</c> keyword asks for them.</summary>
[Flags]
public enum TlsStates : byte { None = 0, ClientHello = 1, ServerHello = 2, ClientKeyExchange = 4, ServerKeyExchange = 8, Unknown = 16 }

/// <summary>The chain one side showed, and what its first certificate says.</summary>
public struct TlsCertificates
{
    /// <summary>DER, the leaf first.</summary>
    public TlsTexts Chain;

    public TlsText Subject, Issuer, Serial, Fingerprint;
    public TlsTexts AlternativeNames;

    /// <summary>The dates could be read.</summary>
    public bool HasValidity;

    /// <summary>Seconds since 1970-01-01 UTC, negative before.</summary>
    public long NotBefore, NotAfter;
}

/// <summary>One connection: there is one transaction from its first to its last byte.</summary>
public sealed class TlsTransaction(ByteSlab slab) : Transaction
{
    private PooledBytes _text = new(slab);
    private PooledBytes _items = new(slab);
    private TlsCertificates _serverCertificates, _clientCertificates;

    /// <summary>The version the client's hello shows in its old field, 0 before.</summary>
    public int ClientVersion;

    /// <summary>The version the server chose, 0 before.</summary>
    public int ServerVersion;

    public int CipherSuite;
    public TlsStates States;
    public bool HasServerName, HasEncryptedClientHello, IsResumed;

    public TlsText ServerName, ClientRandom, ServerRandom, SessionId;
    public TlsText Ja3Text, Ja3Hash, Ja3ServerText, Ja3ServerHash, Ja4;
    public TlsTexts ClientProtocols, ServerProtocols;

    /// <summary>The version in force: the server's choice, the client's offer while that is all there is.</summary>
    public int Version => ServerVersion != 0 ? ServerVersion : ClientVersion;

    public int VersionOf(Direction direction) => direction == Direction.ToServer ? ClientVersion : ServerVersion;

    public ReadOnlySpan<byte> Bytes(TlsText text) => _text.Slice(text.Start, text.Length);

    /// <summary>One of several texts; <paramref name="index"/> below its count.</summary>
    public ReadOnlySpan<byte> Bytes(TlsTexts texts, int index) => Bytes(Items[texts.First + index]);

    /// <summary>Certificates of the side that sends in this direction.</summary>
    public ref TlsCertificates Certificates(Direction direction)
    {
        if (direction == Direction.ToServer) return ref _clientCertificates;
        return ref _serverCertificates;
    }

    public override void Reset()
    {
        base.Reset();
        _text.Release();
        _items.Release();
        _serverCertificates = _clientCertificates = default;
        ClientVersion = ServerVersion = CipherSuite = 0;
        States = TlsStates.None;
        HasServerName = HasEncryptedClientHello = IsResumed = false;
        ServerName = ClientRandom = ServerRandom = SessionId = default;
        Ja3Text = Ja3Hash = Ja3ServerText = Ja3ServerHash = Ja4 = default;
        ClientProtocols = ServerProtocols = default;
    }

    private ReadOnlySpan<TlsText> Items => MemoryMarshal.Cast<byte, TlsText>(_items.Span);

    internal void Raise(TlsEvent what) => Events.Add((int)what);

    /// <summary>Keeps bytes; nothing of them, and an event, when a limit is reached.</summary>
    internal TlsText Keep(ReadOnlySpan<byte> bytes)
    {
        var text = new TlsText(_text.Length, bytes.Length);
        if (_text.TryAppend(bytes, TlsLimits.Text)) return text;
        Raise(TlsEvent.HandshakeLimitReached);
        return default;
    }

    /// <summary>Room to write a text of unknown length into; finished with <see cref="Finish"/> before anything else is kept.</summary>
    internal bool TryBegin(int most, out Span<byte> room)
    {
        if (_text.TryReserve(most, TlsLimits.Text, out room)) return true;
        Raise(TlsEvent.HandshakeLimitReached);
        return false;
    }

    internal TlsText Finish(int most, int length)
    {
        int start = _text.Length - most;
        _text.Shorten(start + length);
        return new TlsText(start, length);
    }

    /// <summary>Adds a text to a list that is being put together; false when no more fit.</summary>
    internal bool TryAdd(ref TlsTexts texts, ReadOnlySpan<byte> bytes)
    {
        if (texts.Count == 0) texts = new TlsTexts(Items.Length, 0);
        TlsText kept = Keep(bytes);
        bool fits = kept.Length == bytes.Length
            && _items.TryAppend(MemoryMarshal.AsBytes(new ReadOnlySpan<TlsText>(in kept)), TlsLimits.Items * Unsafe.SizeOf<TlsText>());
        if (fits) texts = texts with { Count = texts.Count + 1 };
        else Raise(TlsEvent.HandshakeLimitReached);
        return fits;
    }
}
