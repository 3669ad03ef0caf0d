using System.Text;

namespace Sensor.Protocols.Mime;

/// <summary>Header fields: those that say how to read the part, and those of the mail itself that are kept.</summary>
internal sealed partial class MimeReader
{
    private void EndField()
    {
        ReadOnlySpan<byte> field = _header.Span;
        if (field.IsEmpty) return;
        int colon = field.IndexOf((byte)':');
        if (colon < 0) _owner!.Raise(MimeProblem.MalformedMessage);
        else Field(field[..colon].TrimEnd(" \t"u8), field[(colon + 1)..].Trim(" \t\r"u8));
        _header.Release();
    }

    private void Field(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.Length > LongName) _owner!.Raise(MimeProblem.LongHeaderName);
        if (Ascii.EqualsIgnoreCase(name, "content-type"u8)) ContentType(value);
        else if (Ascii.EqualsIgnoreCase(name, "content-disposition"u8)) FileName(value, "filename"u8);
        else if (Ascii.EqualsIgnoreCase(name, "content-transfer-encoding"u8)) _encoding = EncodingOf(value);
        else if (_isOwnHeader) MailField(name, value);
    }

    private void MailField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        EmailFields email = Email;
        switch (name.Length)
        {
            case 2 when Is(name, "to"u8): Keep(ref email.To, value); break;
            case 2 when Is(name, "cc"u8): Keep(ref email.Cc, value); break;
            case 4 when Is(name, "from"u8): Keep(ref email.From, value); break;
            case 4 when Is(name, "date"u8): Keep(ref email.Date, value); break;
            case 7 when Is(name, "subject"u8): Keep(ref email.Subject, value); break;
            case 8 when Is(name, "received"u8): email.Received.Add(value); break;
            case 8 when Is(name, "x-mailer"u8): Keep(ref email.XMailer, value); break;
            case 10 when Is(name, "message-id"u8): Keep(ref email.MessageId, value); break;
        }
    }

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> word) => Ascii.EqualsIgnoreCase(name, word);

    /// <summary>The first of a name counts.</summary>
    private void Keep(ref TextRange place, ReadOnlySpan<byte> value)
    {
        if (place.IsEmpty) place = Email.Text.Keep(value);
    }

    private void ContentType(ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> type = MimeParameters.Main(value);
        _isText = Starts(type, "text/"u8);
        _isMessage = Is(type, "message/rfc822"u8) || Is(type, "message/global"u8);
        if (Starts(type, "multipart/"u8)) OpenMultipart(value);
        else if (!_hasFileName) FileName(value, "name"u8);
    }

    private static bool Starts(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) => text.Length >= word.Length && Ascii.EqualsIgnoreCase(text[..word.Length], word);

    private void OpenMultipart(ReadOnlySpan<byte> value)
    {
        int length = MimeParameters.Read(value, "boundary"u8, _scratch);
        if (length <= 0 || _isMultipart || !_options.DecodesMime) return;
        if (length > LongestBoundary) { _owner!.Raise(MimeProblem.BoundaryTooLong); return; }
        if (_depth == MostDepth || !_boundaries.Append(_scratch.AsSpan(0, length))) { _owner!.Raise(MimeProblem.TooDeep); return; }
        _boundaryEnds[_depth++] = _boundaries.Length;
        _isMultipart = true;
    }

    private void FileName(ReadOnlySpan<byte> value, ReadOnlySpan<byte> parameter)
    {
        int length = MimeParameters.Read(value, parameter, _scratch);
        if (length <= 0) return;
        _fileName = Email.Text.Keep(_scratch.AsSpan(0, length));
        _hasFileName = true;
    }

    private TransferEncoding EncodingOf(ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> word = MimeParameters.Main(value);
        if (_options.DecodesBase64 && Is(word, "base64"u8)) return TransferEncoding.Base64;
        if (_options.DecodesQuotedPrintable && Is(word, "quoted-printable"u8)) return TransferEncoding.QuotedPrintable;
        return TransferEncoding.None;
    }
}
