using System.Buffers;
using System.IO.Compression;
using Sensor.Primitives;

namespace Sensor.Protocols.Compression;

/// <summary>
/// Undoes one content coding, in pieces. What a header calls the coding is a hint only: the first bytes decide, and
/// content that is not coded at all passes unchanged, because clients show it unchanged too (HTTP evasion by wrong
/// Content-Encoding).
/// </summary>
internal sealed class ContentDecoder(ByteSlab slab) : IDisposable
{
    /// <summary>Bytes of a bare deflate stream that have to inflate without error before it counts as one; text does not get that far.</summary>
    private const int TrialLength = 64;

    private const int GzipTrailerLength = 8;

    private enum Stage : byte { Deciding, Header, Inflating, Trailer, BetweenMembers, Brotli, Passing, Over }

    private readonly GrowingBytes _held = new(slab);
    private readonly Inflater _inflater = new();
    private BrotliDecoder _brotli;
    private bool _brotliUsed;
    private ContentCoding _coding;
    private Stage _stage;
    private GzipHeader _gzip;
    private bool _isGzip;
    private int _trailer;

    /// <summary>The bytes were not what they should be, or stopped being it.</summary>
    public bool Failed { get; private set; }

    /// <summary>Nothing comes out any more.</summary>
    public bool IsOver => _stage == Stage.Over;

    /// <summary>The first bytes are still being collected.</summary>
    public bool IsDeciding => _stage == Stage.Deciding;

    /// <summary>Bytes that came out so far.</summary>
    private long _bytesOut;

    private Stage _seen;

    public void Begin(ContentCoding coding)
    {
        _coding = coding;
        _stage = coding == ContentCoding.Brotli ? Stage.Brotli : Stage.Deciding;
        _gzip = default;
        _isGzip = false;
        _trailer = 0;
        Failed = false;
        _bytesOut = 0;
        _seen = _stage;
    }

    public void End()
    {
        _held.Release();
        if (_brotliUsed) _brotli.Dispose();
        _brotli = default;
        _brotliUsed = false;
    }

    public void Dispose()
    {
        End();
        _inflater.Dispose();
    }

    /// <summary>
    /// Takes from the front of <paramref name="input"/> and fills <paramref name="output"/> or points
    /// <paramref name="decoded"/> at bytes that pass unchanged. Call until the input is empty and nothing came out.
    /// </summary>
    /// <param name="last">No input follows.</param>
    public void Decode(ref ReadOnlySpan<byte> input, bool last, Span<byte> output, out ReadOnlySpan<byte> decoded)
    {
        decoded = default;
        switch (_stage)
        {
            case Stage.Deciding: decoded = Decide(ref input, last); break;
            case Stage.Header: SkipHeader(ref input); break;
            case Stage.Inflating: decoded = Inflate(ref input, output); break;
            case Stage.Brotli: decoded = Unbrotli(ref input, output); break;
            case Stage.Trailer: SkipTrailer(ref input); break;
            case Stage.BetweenMembers: NextMember(ref input); break;
            case Stage.Passing: decoded = input; input = default; break;
            case Stage.Over: input = default; break;
        }

        _bytesOut += decoded.Length;
    }

    /// <summary>Whether it came to another stage since last asked: then a call without new input can still do something.</summary>
    public bool HasMoved()
    {
        bool moved = _seen != _stage;
        _seen = _stage;
        return moved;
    }

    /// <summary>Bytes held back while deciding, to be fed again as input before anything else; empty when there are none.</summary>
    public ReadOnlySpan<byte> TakeHeld()
    {
        if (_stage == Stage.Deciding || _held.Length == 0) return default;
        ReadOnlySpan<byte> held = _held.Span;
        _held.Truncate(0);
        return held;
    }

    /// <summary>Collects the first bytes; once decided they are replayed through <see cref="TakeHeld"/>.</summary>
    private ReadOnlySpan<byte> Decide(ref ReadOnlySpan<byte> input, bool last)
    {
        int wanted = Math.Min(input.Length, TrialLength - _held.Length);
        _held.Append(input[..wanted]);
        input = input[wanted..];
        ReadOnlySpan<byte> start = _held.Span;
        if (start.Length >= 2 && start[0] == 0x1f && start[1] == 0x8b) Choose(Stage.Header, isGzip: true);
        else if (_coding == ContentCoding.Gzip && (start.Length >= 2 || last)) Refuse();
        else if (start.Length >= TrialLength || (last && input.IsEmpty)) DecideDeflate(start);
        return default;
    }

    private void DecideDeflate(ReadOnlySpan<byte> start)
    {
        if (LooksZlib(start) && Inflates(start[2..]))
        {
            Choose(Stage.Inflating, isGzip: false);
            _held.RemoveFront(2);
        }
        else if (Inflates(start))
        {
            Choose(Stage.Inflating, isGzip: false);
        }
        else
        {
            Refuse();
        }
    }

    /// <summary>RFC 1950 section 2.2: method 8, header a multiple of 31.</summary>
    private static bool LooksZlib(ReadOnlySpan<byte> start) =>
        start.Length >= 2 && (start[0] & 0x0f) == 8 && ((start[0] << 8) | start[1]) % 31 == 0;

    private bool Inflates(ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty) return false;
        Span<byte> scratch = stackalloc byte[1024];
        _inflater.Reset();
        while (true)
        {
            InflateStatus status = _inflater.Inflate(start, scratch, out int consumed, out _);
            start = start[consumed..];
            if (status is InflateStatus.Failed) return false;
            if (status is InflateStatus.Ended or InflateStatus.NeedInput) return true;
        }
    }

    private void Choose(Stage stage, bool isGzip)
    {
        _stage = stage;
        _isGzip = isGzip;
        _gzip = default;
        _inflater.Reset();
    }

    private void Refuse()
    {
        Failed = true;
        _stage = Stage.Passing;
    }

    private void SkipHeader(ref ReadOnlySpan<byte> input)
    {
        if (_gzip.Skip(ref input)) _stage = Stage.Inflating;
    }

    private ReadOnlySpan<byte> Inflate(ref ReadOnlySpan<byte> input, Span<byte> output)
    {
        InflateStatus status = _inflater.Inflate(input, output, out int consumed, out int produced);
        input = input[consumed..];
        switch (status)
        {
            case InflateStatus.Ended:
                _stage = _isGzip ? Stage.Trailer : Stage.Over;
                _trailer = GzipTrailerLength;
                break;
            case InflateStatus.Failed:
                Refuse();
                break;
        }

        return output[..produced];
    }

    private ReadOnlySpan<byte> Unbrotli(ref ReadOnlySpan<byte> input, Span<byte> output)
    {
        _brotliUsed = true;
        OperationStatus status = _brotli.Decompress(input, output, out int consumed, out int produced);
        input = input[consumed..];
        if (status == OperationStatus.InvalidData)
        {
            if (_bytesOut == 0 && produced == 0) Refuse();
            else { Failed = true; _stage = Stage.Over; }
        }
        else if (status == OperationStatus.Done)
        {
            _stage = Stage.Over;
        }

        return output[..produced];
    }

    /// <summary>Checksum and length are not compared: clients show the content before they are there.</summary>
    private void SkipTrailer(ref ReadOnlySpan<byte> input)
    {
        int skipped = Math.Min(_trailer, input.Length);
        input = input[skipped..];
        _trailer -= skipped;
        if (_trailer == 0) _stage = Stage.BetweenMembers;
    }

    /// <summary>Another member may follow (RFC 1952 section 2.2); anything else is padding.</summary>
    private void NextMember(ref ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return;
        if (input[0] == 0x1f) Choose(Stage.Header, isGzip: true);
        else _stage = Stage.Over;
    }
}
