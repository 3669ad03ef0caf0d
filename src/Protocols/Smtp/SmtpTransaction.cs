using Sensor.Primitives;
using Sensor.Protocols.Mime;

namespace Sensor.Protocols.Smtp;

/// <summary>How far a mail has come. Both sides are complete together: what rules look into is said by the client.</summary>
internal static class SmtpProgress
{
    public const int Started = 0, Hello = 1, Sender = 2, Recipients = 3, Header = 4, Complete = 5;
}

/// <summary>One mail: from the greeting or the end of the mail before to its own end, a RSET or the end of the conversation.</summary>
public sealed class SmtpTransaction : Transaction, IMimeOwner
{
    /// <summary>Bytes of addresses kept of one mail.</summary>
    private const int AddressLimit = 64 * 1024;

    /// <summary>Recipients kept of one mail; RFC 5321 section 4.5.3.1.8 asks servers for 100 at least.</summary>
    private const int MostRecipients = 1024;

    /// <summary>Attachments of one mail whose content rules look into.</summary>
    private const int MostContents = 64;

    private readonly SmtpPool _pool;
    private readonly List<FileContent> _contents = new(2);

    internal SmtpTransaction(SmtpPool pool)
    {
        _pool = pool;
        Addresses = new TextStore(pool.Bytes, AddressLimit);
        Recipients = new TextList(Addresses, pool.Bytes, MostRecipients);
        Email = new EmailFields(pool.Bytes);
    }

    internal TextStore Addresses { get; }

    internal TextRange Hello, Sender;

    internal TextList Recipients { get; }

    internal EmailFields Email { get; }

    EmailFields IMimeOwner.Email => Email;

    /// <summary>Its attachments, for rules to look into.</summary>
    internal List<FileContent> ContentList => _contents;

    internal void Raise(SmtpEvent what) => Events.Add((int)what);

    internal void Advance(int progress) => RequestProgress = Math.Max(RequestProgress, progress);

    void IMimeOwner.Raise(MimeProblem problem) => Raise(problem switch
    {
        MimeProblem.LongHeaderName => SmtpEvent.MimeLongHeaderName,
        MimeProblem.LongHeaderValue => SmtpEvent.MimeLongHeaderValue,
        MimeProblem.LongLine => SmtpEvent.MimeLongLine,
        MimeProblem.LongEncodedLine => SmtpEvent.MimeLongEncLine,
        MimeProblem.InvalidBase64 => SmtpEvent.MimeInvalidBase64,
        MimeProblem.InvalidQuotedPrintable => SmtpEvent.MimeInvalidQp,
        MimeProblem.BoundaryTooLong => SmtpEvent.MimeLongBoundary,
        MimeProblem.MalformedMessage => SmtpEvent.MimeMalformedMsg,
        _ => SmtpEvent.MimeLimitReached,
    });

    void IMimeOwner.HeaderEnded() => Advance(SmtpProgress.Header);

    FileContent? IMimeOwner.OpenFile(ReadOnlySpan<byte> name, in ParseContext context)
    {
        if (_contents.Count >= MostContents || !_pool.Contents.TryTake(out FileContent? content))
        {
            Raise(SmtpEvent.MimeLimitReached);
            return null;
        }

        content.Open(context, this, name, _pool.Settings.ContentLimit);
        _contents.Add(content);
        return content;
    }

    public override void Reset()
    {
        base.Reset();
        Addresses.Release();
        Recipients.Release();
        Email.Release();
        Hello = Sender = default;
        foreach (FileContent content in _contents)
        {
            content.Release();
            _pool.Contents.Return(content);
        }

        _contents.Clear();
    }
}
