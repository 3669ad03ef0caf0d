using Sensor.Detection.Compile;
using Sensor.Detection.RuleLanguage;
using Sensor.Protocols.Krb5;

namespace Sensor.Detection.Keywords.Application;

/// <summary>Numbers of Kerberos messages (user guide, "Kerberos Keywords").</summary>
internal static class Krb5Keywords
{
    private delegate bool MessageQuestion(Krb5Transaction message);

    public static IReadOnlyList<Keyword> Keywords { get; } =
    [
        new("krb5_msg_type", ValueUse.Required, "the kind of message: krb5_msg_type:10;", (rule, value) =>
        {
            NumberRange range = NumberRange.Parse("krb5_msg_type", value, byte.MaxValue);
            Ask(rule, message => range.Contains((ulong)message.MessageType));
        }),
        new("krb5_err_code", ValueUse.Required, "the code of an error: krb5_err_code:25;", (rule, value) =>
        {
            NumberRange range = NumberRange.Parse("krb5_err_code", value, int.MaxValue);
            Ask(rule, message => message.ErrorCode is >= 0 and var code && range.Contains((ulong)code));
        }),
        new("krb5.ticket_encryption", ValueUse.Required, "how the ticket is encrypted: krb5.ticket_encryption:weak; or krb5.ticket_encryption:23,rc4-hmac;", ParseEncryption),
    ];

    private static void ParseEncryption(RuleBuilder rule, string value)
    {
        string text = value.Trim();
        if (text.Equals("weak", StringComparison.OrdinalIgnoreCase))
        {
            Ask(rule, message => message.TicketEncryption is { } kind && Krb5Encryption.IsWeak(kind));
            return;
        }

        bool negated = text.StartsWith('!');
        int[] kinds = [.. text.TrimStart('!').Split(',', StringSplitOptions.TrimEntries).Select(KindOf)];
        Ask(rule, message => message.TicketEncryption is { } kind && kinds.AsSpan().Contains(kind) != negated);
    }

    private static int KindOf(string word) =>
        int.TryParse(word, System.Globalization.CultureInfo.InvariantCulture, out int number) ? number
        : Krb5Encryption.Number(word) ?? throw new RuleException($"cannot read krb5.ticket_encryption: \"{word}\" is unknown; write weak, a number, or a name such as rc4-hmac");

    private static void Ask(RuleBuilder rule, MessageQuestion question) =>
        rule.Ask("krb5", Krb5Protocol.Complete, Krb5Protocol.Complete, (transaction, direction) => transaction is Krb5Transaction message && message.Travel == direction && question(message));
}
