using System.Globalization;
using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;
using Sensor.Protocols.Tls;

namespace Sensor.Detection.Keywords.Tls;

/// <summary>Dates and length of certificate chains, and older words for certificate buffers (user guide, "SSL/TLS Keywords").</summary>
internal static class TlsCertificateKeywords
{
    public static IReadOnlyList<Keyword> Keywords { get; } =
    [
        new("tls_cert_notbefore", ValueUse.Required, "when the certificate begins to be valid: tls_cert_notbefore:>2020-01-01;", (rule, value) => AskDate(rule, "tls_cert_notbefore", value, (in TlsCertificates chain) => chain.NotBefore)),
        new("tls_cert_notafter", ValueUse.Required, "when it ends to be valid: tls_cert_notafter:<2020-01-01T10:00:00;", (rule, value) => AskDate(rule, "tls_cert_notafter", value, (in TlsCertificates chain) => chain.NotAfter)),
        new("tls_cert_expired", ValueUse.None, "its time is over: tls_cert_expired;", (rule, _) => AskNow(rule, expired: true)),
        new("tls_cert_valid", ValueUse.None, "its time is not over and has begun: tls_cert_valid;", (rule, _) => AskNow(rule, expired: false)),
        new("tls.cert_chain_len", ValueUse.Required, "certificates in the chain: tls.cert_chain_len:>3;", ParseLength),
        new("tls.store", ValueUse.None, "asks to keep the certificate; this sensor keeps none: tls.store;", (_, _) => { }),
        Text("tls.fingerprint", "tls.cert_fingerprint", isWhole: true),
        Text("tls.subject", "tls.cert_subject", isWhole: false),
        Text("tls.issuerdn", "tls.cert_issuer", isWhole: false),
    ];

    private delegate long DateReader(in TlsCertificates chain);

    private static Keyword Text(string name, string buffer, bool isWhole) =>
        new(name, ValueUse.Required, $"older word for {buffer}: {name}:\"...\";", (rule, value) =>
        {
            QuotedValue quoted = QuotedValue.Parse(value);
            string text = isWhole ? quoted.Text.Trim().ToLowerInvariant() : quoted.Unescaped();
            if (text.Length == 0) throw new RuleException($"cannot read {name} \"{value}\": it is empty");
            rule.AddBeside(buffer, new ContentOption { Bytes = RuleBytes.Of(text), Negated = quoted.Negated, StartsWith = isWhole && !quoted.Negated, EndsWith = isWhole && !quoted.Negated });
        });

    private static void ParseLength(RuleBuilder rule, string value)
    {
        NumberRange range = NumberRange.Parse("tls.cert_chain_len", value, uint.MaxValue);
        rule.Ask("tls", TlsProgress.ClientCertificate, TlsProgress.ServerCertificate, (transaction, direction) =>
            range.Contains((ulong)((TlsTransaction)transaction).Certificates(direction).Chain.Count));
    }

    private static void AskDate(RuleBuilder rule, string keyword, string value, DateReader read)
    {
        string text = QuotedValue.Parse(value).Text.Trim();
        int between = text.IndexOf("<>", StringComparison.Ordinal);
        long low = long.MinValue, high = long.MaxValue;
        if (between > 0)
        {
            low = Seconds(keyword, text[..between]);
            high = Seconds(keyword, text[(between + 2)..]);
            if (low > high) throw new RuleException($"cannot use {keyword} \"{value}\": the range runs backwards");
        }
        else if (text.StartsWith('>'))
        {
            low = Seconds(keyword, text[1..]) + 1;
        }
        else if (text.StartsWith('<'))
        {
            high = Seconds(keyword, text[1..]) - 1;
        }
        else
        {
            low = high = Seconds(keyword, text);
        }

        rule.Ask("tls", null, TlsProgress.ServerCertificate, (transaction, direction) =>
        {
            ref TlsCertificates chain = ref ((TlsTransaction)transaction).Certificates(direction);
            long date = read(chain);
            return chain.HasValidity && date >= low && date <= high;
        });
    }

    private static void AskNow(RuleBuilder rule, bool expired) =>
        rule.Ask("tls", null, TlsProgress.ServerCertificate, (transaction, direction) =>
        {
            ref TlsCertificates chain = ref ((TlsTransaction)transaction).Certificates(direction);
            long now = transaction.LastChanged.Seconds;
            if (!chain.HasValidity) return false;
            return expired ? now > chain.NotAfter : now <= chain.NotAfter && now >= chain.NotBefore;
        });

    /// <summary>Year, or date, or date and time; what is missing is the beginning of it.</summary>
    private static long Seconds(string keyword, string text)
    {
        string[] forms = ["yyyy", "yyyy-MM", "yyyy-MM-dd", "yyyy-MM-dd HH", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mm:ss"];
        if (DateTimeOffset.TryParseExact(text.Trim(), forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment)) return moment.ToUnixTimeSeconds();
        throw new RuleException($"cannot read {keyword}: \"{text.Trim()}\" is no date; write 2024, 2024-06-30 or 2024-06-30T10:00:00");
    }
}
