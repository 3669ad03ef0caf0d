using Sensor.Primitives;

namespace Sensor.Protocols.Mime;

/// <summary>What is kept of one mail beside its files: the header fields rules and records ask for (RFC 5322), links, names. A part of a pooled transaction.</summary>
internal sealed class EmailFields
{
    /// <summary>Bytes of header fields, links and names of one mail; what comes later is cut off.</summary>
    public const int TextLimit = 64 * 1024;

    private const int MostReceived = 64, MostUrls = 256, MostAttachments = 64;

    public EmailFields(ByteSlab slab)
    {
        Text = new TextStore(slab, TextLimit);
        Received = new TextList(Text, slab, MostReceived);
        Urls = new TextList(Text, slab, MostUrls);
        Attachments = new TextList(Text, slab, MostAttachments);
    }

    public TextStore Text { get; }

    public TextRange From, To, Cc, Subject, Date, MessageId, XMailer;

    /// <summary>Hexadecimal digits of the digest of everything behind the header.</summary>
    public TextRange BodyMd5;

    public TextList Received { get; }

    public TextList Urls { get; }

    public TextList Attachments { get; }

    public bool HasExecutableUrl, HasIpv4Url, HasIpv6Url;

    public MimeStatus Status;

    public void Release()
    {
        Text.Release();
        Received.Release();
        Urls.Release();
        Attachments.Release();
        From = To = Cc = Subject = Date = MessageId = XMailer = BodyMd5 = default;
        HasExecutableUrl = HasIpv4Url = HasIpv6Url = false;
        Status = MimeStatus.None;
    }
}

/// <summary>How far a mail was read.</summary>
internal enum MimeStatus : byte { None, Header, Body, Done }

/// <summary>What can be wrong with a mail; the protocol that carries it has an event for each.</summary>
internal enum MimeProblem : byte { LongHeaderName, LongHeaderValue, LongLine, LongEncodedLine, InvalidBase64, InvalidQuotedPrintable, BoundaryTooLong, MalformedMessage, TooDeep }

/// <summary>Whose mail it is.</summary>
internal interface IMimeOwner
{
    EmailFields Email { get; }

    void Raise(MimeProblem problem);

    /// <summary>A part with a name begins; null when it is not followed.</summary>
    FileContent? OpenFile(ReadOnlySpan<byte> name, in ParseContext context);

    /// <summary>The mail's own header has ended.</summary>
    void HeaderEnded();
}
