using System.Security.Cryptography;
using System.Text;
using Sensor.Primitives;

namespace Sensor.Protocols.Mime;

/// <summary>
/// Reads one mail as its lines pass (RFC 5322, RFC 2045, RFC 2046): keeps what <see cref="EmailFields"/> asks for, undoes
/// transfer encodings, hands over files. Parts inside parts are a stack of boundaries, not calls. Pooled.
/// </summary>
internal sealed partial class MimeReader
{
    /// <summary>Multiparts inside one another. Deeper ones are read as text, with a problem told.</summary>
    private const int MostDepth = 16;

    /// <summary>Bytes of one boundary (RFC 2046 section 5.1.1 says 70).</summary>
    private const int LongestBoundary = 254;

    /// <summary>Bytes of a header name, of a line, of an encoded line (RFC 5322 section 2.1.1, RFC 2045 section 6.7), beyond which a problem is told.</summary>
    private const int LongName = 50, LongLine = 998, LongEncodedLine = 76;

    private enum Stage : byte { Header, Body }

    private readonly MimeOptions _options;
    private readonly GrowingBytes _header, _boundaries;
    private readonly int[] _boundaryEnds = new int[MostDepth];
    private readonly UrlFinder _urls;
    private readonly IncrementalHash? _digest;
    private readonly byte[] _scratch = new byte[MimeParameters.Longest], _decoded;

    private IMimeOwner? _owner;
    private Stage _stage;
    private int _depth;
    private bool _isOwnHeader;

    // The part at hand.
    private bool _isMultipart, _isMessage, _isText, _hasFileName;
    private TransferEncoding _encoding;
    private TransferDecoder _decoder;
    private TextRange _fileName;
    private FileContent? _file;
    private int _heldEnding;

    /// <param name="options">What to decode and keep.</param>
    /// <param name="slab">Lends blocks.</param>
    /// <param name="longestPiece">Most bytes handed in at once.</param>
    public MimeReader(MimeOptions options, ByteSlab slab, int longestPiece)
    {
        _options = options;
        _header = new GrowingBytes(slab);
        _boundaries = new GrowingBytes(slab);
        _urls = new UrlFinder(options, slab);
        _digest = options.HashesBody ? IncrementalHash.CreateHash(HashAlgorithmName.MD5) : null;
        _decoded = new byte[longestPiece + TransferDecoder.Extra];
    }

    private EmailFields Email => _owner!.Email;

    private bool IsBodyOfMail => _stage == Stage.Body || !_isOwnHeader;

    public void Begin(IMimeOwner owner)
    {
        _owner = owner;
        _stage = Stage.Header;
        _isOwnHeader = true;
        owner.Email.Status = MimeStatus.Header;
        ForgetPart();
    }

    /// <summary>A line without its end, or a piece of a long one.</summary>
    /// <param name="line">At most as many bytes as the reader was made for.</param>
    /// <param name="startsLine">Not the later piece of a long line.</param>
    /// <param name="ending">Bytes of the line's end: 1 for LF, 2 for CR LF, 0 when the line goes on.</param>
    /// <param name="context">The moment, for files that begin or end.</param>
    public void Line(ReadOnlySpan<byte> line, bool startsLine, int ending, in ParseContext context)
    {
        if (IsBodyOfMail) Digest(line, ending);
        if (line.Length > LongLine) _owner!.Raise(MimeProblem.LongLine);
        if (startsLine && _depth > 0 && line.StartsWith("--"u8) && TryBoundary(line, context)) return;
        if (_stage == Stage.Header) HeaderLine(line, startsLine, context);
        else BodyLine(line, ending);
    }

    public void Gap(long length)
    {
        if (_stage == Stage.Header) _header.Truncate(0);
        _file?.Gap(length);
        _urls.Release();
    }

    /// <param name="complete">The mail was seen to its end.</param>
    /// <param name="context">The moment.</param>
    public void Finish(bool complete, in ParseContext context)
    {
        if (_stage == Stage.Header) EndHeader(context);
        EndPart(complete, context);
        if (complete) Email.Status = MimeStatus.Done;
        if (_digest is null) return;
        Span<byte> digest = stackalloc byte[16], digits = stackalloc byte[32];
        _digest.GetHashAndReset(digest);
        Convert.TryToHexStringLower(digest, digits, out _);
        Email.BodyMd5 = Email.Text.Keep(digits);
    }

    public void Release()
    {
        _header.Release();
        _boundaries.Release();
        _urls.Release();
        _depth = 0;
        _owner = null;
        _file = null;
        if (_digest is null) return;
        Span<byte> ignored = stackalloc byte[16];
        _digest.GetHashAndReset(ignored);
    }

    private void Digest(ReadOnlySpan<byte> line, int ending)
    {
        if (_digest is null) return;
        _digest.AppendData(line);
        if (ending > 0) _digest.AppendData("\r\n"u8[(2 - ending)..]);
    }

    /// <summary>A line of dashes and a boundary ends the part at hand; the innermost that fits counts, and closes what is inside it.</summary>
    private bool TryBoundary(ReadOnlySpan<byte> line, in ParseContext context)
    {
        ReadOnlySpan<byte> text = line[2..].TrimEnd(" \t"u8);
        for (int level = _depth - 1; level >= 0; level--)
        {
            int start = level == 0 ? 0 : _boundaryEnds[level - 1];
            ReadOnlySpan<byte> boundary = _boundaries.Slice(start, _boundaryEnds[level] - start);
            if (!text.StartsWith(boundary)) continue;
            ReadOnlySpan<byte> rest = text[boundary.Length..];
            bool closes = rest.SequenceEqual("--"u8);
            if (!closes && !rest.IsEmpty) continue;

            if (_stage == Stage.Header) EndHeader(context);
            EndPart(complete: true, context);
            _depth = closes ? level : level + 1;
            _boundaries.Truncate(_depth == 0 ? 0 : _boundaryEnds[_depth - 1]);
            ForgetPart();
            _stage = closes ? Stage.Body : Stage.Header;
            return true;
        }

        return false;
    }

    private void HeaderLine(ReadOnlySpan<byte> line, bool startsLine, in ParseContext context)
    {
        bool goesOn = !startsLine || (_header.Length > 0 && !line.IsEmpty && line[0] is (byte)' ' or (byte)'\t');
        if (goesOn)
        {
            if (!_header.Append(line, _options.HeaderValueLimit)) _owner!.Raise(MimeProblem.LongHeaderValue);
            return;
        }

        EndField();
        if (line.IsEmpty) EndHeader(context);
        else if (!_header.Append(line, _options.HeaderValueLimit)) _owner!.Raise(MimeProblem.LongHeaderValue);
    }

    private void EndHeader(in ParseContext context)
    {
        EndField();
        _stage = Stage.Body;
        bool wasOwn = _isOwnHeader;
        _isOwnHeader = false;
        if (wasOwn)
        {
            Email.Status = MimeStatus.Body;
            _owner!.HeaderEnded();
        }

        if (_isMultipart || !_options.DecodesMime) return;
        if (_isMessage)
        {
            ForgetPart();
            _stage = Stage.Header;
            return;
        }

        if (!_hasFileName) return;
        ReadOnlySpan<byte> name = Email.Text[_fileName];
        Email.Attachments.Add(_fileName);
        _file = _owner!.OpenFile(name, context);
    }

    private void BodyLine(ReadOnlySpan<byte> line, int ending)
    {
        if (_isMultipart || (_file is null && !(_isText && _options.ExtractsUrls))) return;
        bool isInvalid = false;
        switch (_encoding)
        {
            case TransferEncoding.Base64:
                if (line.Length > LongEncodedLine) _owner!.Raise(MimeProblem.LongEncodedLine);
                Deliver(_decoded.AsSpan(0, _decoder.Base64(line, _decoded, out isInvalid)));
                if (isInvalid) _owner!.Raise(MimeProblem.InvalidBase64);
                break;
            case TransferEncoding.QuotedPrintable:
                if (line.Length > LongEncodedLine) _owner!.Raise(MimeProblem.LongEncodedLine);
                DeliverEnding();
                Deliver(_decoded.AsSpan(0, _decoder.QuotedPrintable(line, ending > 0, _decoded, out isInvalid)));
                if (isInvalid) _owner!.Raise(MimeProblem.InvalidQuotedPrintable);
                _heldEnding = _decoder.IsSoftBreak ? 0 : ending;
                break;
            default:
                DeliverEnding();
                Deliver(line);
                _heldEnding = ending;
                break;
        }
    }

    /// <summary>The line end before a boundary belongs to the boundary, so each is held back until more of the part comes.</summary>
    private void DeliverEnding()
    {
        if (_heldEnding > 0) Deliver("\r\n"u8[(2 - _heldEnding)..]);
        _heldEnding = 0;
    }

    private void Deliver(ReadOnlySpan<byte> bytes)
    {
        if (_file is not null) _file.Append(bytes);
        else _urls.Append(bytes, Email);
    }

    private void EndPart(bool complete, in ParseContext context)
    {
        if (_encoding == TransferEncoding.Base64) Deliver(_decoded.AsSpan(0, _decoder.FinishBase64(_decoded)));
        _file?.Close(complete, context.Time);
        _file = null;
        _urls.Finish(Email);
    }

    private void ForgetPart()
    {
        _isMultipart = _isMessage = _hasFileName = false;
        _isText = true;
        _encoding = TransferEncoding.None;
        _decoder = default;
        _fileName = default;
        _heldEnding = 0;
        _header.Truncate(0);
    }
}
