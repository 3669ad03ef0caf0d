using Sensor.Primitives;
using Sensor.Protocols.Mime;

namespace Sensor.Protocols.Smtp;

/// <summary>What rules can look into (user guide, "SMTP Keywords", "Email Keywords", "File Keywords").</summary>
internal static class SmtpBuffers
{
    private delegate ReadOnlySpan<byte> Show(SmtpTransaction mail);

    private delegate TextList ShowAll(SmtpTransaction mail);

    private delegate TextRange Pick(EmailFields email);

    public static IReadOnlyList<BufferDefinition> All { get; } =
    [
        Of("smtp.helo", SmtpProgress.Hello, mail => mail.Addresses[mail.Hello]),
        Of("smtp.mail_from", SmtpProgress.Sender, mail => mail.Addresses[mail.Sender]),
        Each("smtp.rcpt_to", SmtpProgress.Recipients, mail => mail.Recipients),
        Field("email.from", email => email.From),
        Field("email.to", email => email.To),
        Field("email.cc", email => email.Cc),
        Field("email.subject", email => email.Subject),
        Field("email.date", email => email.Date),
        Field("email.message_id", email => email.MessageId),
        Field("email.x_mailer", email => email.XMailer),
        Each("email.received", SmtpProgress.Header, mail => mail.Email.Received),
        Each("email.url", SmtpProgress.Complete, mail => mail.Email.Urls),
        Of("email.body_md5", SmtpProgress.Complete, mail => mail.Email.Text[mail.Email.BodyMd5]),
        new("file.data", Direction.ToServer, SmtpProgress.Header, 0, (Transaction transaction, Direction direction, int index, out BufferView view) =>
        {
            view = default;
            List<FileContent> contents = ((SmtpTransaction)transaction).ContentList;
            return index < contents.Count && contents[index].TryView(out view);
        }) { IsStreaming = true, IsMultiple = true },
    ];

    private static BufferDefinition Field(string name, Pick pick) => Of(name, SmtpProgress.Header, mail => mail.Email.Text[pick(mail.Email)]);

    private static BufferDefinition Of(string name, int progress, Show show) =>
        new(name, Direction.ToServer, progress, 0, (Transaction transaction, Direction direction, int index, out BufferView view) =>
        {
            view = new BufferView { IsFinal = true };
            if (index > 0) return false;
            view.Bytes = show((SmtpTransaction)transaction);
            return !view.Bytes.IsEmpty;
        });

    private static BufferDefinition Each(string name, int progress, ShowAll show) =>
        new(name, Direction.ToServer, progress, 0, (Transaction transaction, Direction direction, int index, out BufferView view) =>
        {
            view = new BufferView { IsFinal = true };
            TextList all = show((SmtpTransaction)transaction);
            if (index >= all.Count) return false;
            view.Bytes = all[index];
            return true;
        })
        { IsMultiple = true };
}
