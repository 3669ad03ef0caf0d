using Sensor.Primitives;
using Sensor.Protocols.Mime;

namespace Sensor.Protocols.Smtp;

/// <summary>Settings <c>app-layer.protocols.smtp.*</c>.</summary>
internal sealed record SmtpSettings
{
    /// <summary>Bytes of each attachment that rules look into; the reference engine's default.</summary>
    public long ContentLimit { get; init; } = 100_000;

    public int MaximumTransactions { get; init; } = 256;

    public MimeOptions Mime { get; init; } = new();

    public static SmtpSettings From(ProtocolOptions options) => new()
    {
        ContentLimit = Math.Max(0, options.Number("app-layer.protocols.smtp.inspected-tracker.content-limit", 100_000)) is var limit and > 0 ? limit : long.MaxValue,
        MaximumTransactions = ProtocolSettings.MaximumTransactions(options, "smtp", 256),
        Mime = MimeOptions.From(options),
    };
}

/// <summary>What the SMTP parsers of one worker share.</summary>
internal sealed class SmtpPool
{
    /// <summary>Bytes of mails of one worker: addresses, header fields, windows of attachments. Beyond it mails stay without, with an event.</summary>
    public const long MostBytes = 128L * 1024 * 1024;

    /// <summary>Mails described at once, mails being read, attachments looked into. Beyond it a mail passes unread.</summary>
    public const int MostTransactions = 65_536, MostReaders = 16_384, MostContents = 65_536;

    public SmtpPool(SmtpSettings settings)
    {
        Settings = settings;
        Bytes = new ByteSlab(MostBytes);
        Transactions = new ObjectSlab<SmtpTransaction>(() => new SmtpTransaction(this), 16, MostTransactions);
        Readers = new ObjectSlab<MimeReader>(() => new MimeReader(settings.Mime, Bytes, SmtpParser.LongestLine), 4, MostReaders);
        Contents = new ObjectSlab<FileContent>(() => new FileContent(Bytes), 16, MostContents);
    }

    public SmtpSettings Settings { get; }

    public ByteSlab Bytes { get; }

    public ObjectSlab<SmtpTransaction> Transactions { get; }

    public ObjectSlab<MimeReader> Readers { get; }

    public ObjectSlab<FileContent> Contents { get; }
}
