using Sensor.Detection.Compile;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords;

/// <summary>All keywords by name: those listed here, and one sticky buffer for each buffer a protocol declares.</summary>
public sealed class KeywordCatalog
{
    private readonly Dictionary<string, Keyword> _byName = new(StringComparer.Ordinal);

    public KeywordCatalog(BufferCatalog buffers)
    {
        foreach (Keyword keyword in Listed) Add(keyword);
        foreach (Keyword keyword in Buffers.StickyBuffer.For(buffers)) Add(keyword);
    }

    /// <summary>Keywords that do not depend on the protocols at hand; one line each, or one per table of like ones.</summary>
    private static IEnumerable<Keyword> Listed =>
    [
        .. Meta.Identity.Keywords,
        Meta.Message.Keyword,
        Meta.ClassType.Keyword,
        Meta.Reference.Keyword,
        Meta.Priority.Keyword,
        Meta.Metadata.Keyword,
        Meta.Target.Keyword,
        Meta.Requires.Keyword,
        Meta.Config.Keyword,
        .. Meta.Silence.Keywords,
        .. Meta.Accepted.Keywords,
        .. Meta.Refused.Keywords,
        Payload.Content.Keyword,
        Payload.Content.UriKeyword,
        .. Payload.ContentModifiers.Keywords,
        Payload.FastPatternKeyword.Keyword,
        Payload.IsDataAt.Keyword,
        Payload.BufferSize.Keyword,
        Payload.PayloadSize.Keyword,
        Payload.ByteTest.Keyword,
        Payload.ByteJump.Keyword,
        Payload.ByteExtract.Keyword,
        Payload.ByteMath.Keyword,
        Payload.Pcre.Keyword,
        .. Payload.Base64.Keywords,
        Payload.Absent.Keyword,
        Payload.Entropy.Keyword,
        .. Buffers.LegacyModifier.Keywords,
        .. Buffers.PacketBuffers.Keywords,
        .. Transforms.TransformKeyword.Keywords,
        Conversations.FlowKeyword.Keyword,
        Conversations.Flowbits.Keyword,
        Conversations.Flowint.Keyword,
        Conversations.Xbits.Keyword,
        Conversations.Xbits.HostKeyword,
        Conversations.StreamSize.Keyword,
        .. Conversations.FlowCounters.Keywords,
        .. Header.HeaderNumbers.Keywords,
        Header.TcpFlagsKeyword.Keyword,
        Header.IpOptions.Keyword,
        Header.FragmentBits.Keyword,
        Header.IpProtocolKeyword.Keyword,
        Header.SameIp.Keyword,
        .. Header.IpAddresses.Keywords,
        .. Header.Checksums.Keywords,
        Header.VlanId.Keyword,
        Thresholds.ThresholdKeyword.Keyword,
        Thresholds.ThresholdKeyword.FilterKeyword,
        .. Application.EventKeywords.Keywords,
        Application.AppLayerEventKeyword.Keyword,
        Application.AppLayerProtocol.Keyword,
        Application.UriLength.Keyword,
        .. Application.FtpKeywords.Keywords,
        .. Application.SshKeywords.Keywords,
        .. Application.RfbKeywords.Keywords,
        .. Application.MqttKeywords.Keywords,
        .. Application.Http2Keywords.Keywords,
        .. Application.DcerpcKeywords.Keywords,
        Application.SmbVersionKeyword.Keyword,
        .. Application.Krb5Keywords.Keywords,
        .. Application.SnmpKeywords.Keywords,
        .. Files.FileKeywords.Keywords,
        .. Lists.DatasetKeywords.Keywords,
        Lists.IpReputation.Keyword,
        .. Dns.DnsKeywords.Keywords,
        .. Tls.TlsVersions.Keywords,
        .. Tls.TlsCertificateKeywords.Keywords,
    ];

    public IEnumerable<Keyword> All => _byName.Values.Distinct();

    public Keyword? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Whether rules may use the word (<c>requires:keyword</c>).</summary>
    public bool Has(string name) => _byName.ContainsKey(name);

    /// <summary>Reads one option into the rule.</summary>
    public void Apply(RuleBuilder rule, in RuleOption option)
    {
        if (Find(option.Name) is not { } keyword) throw new RuleException(Buffers.KnownBuffers.Explain(option.Name) ?? $"unknown keyword \"{option.Name}\"{DidYouMean.Hint(option.Name, _byName.Keys)}");
        string value = option.Value?.Trim() ?? "";
        if (keyword.Value == ValueUse.Required && value.Length == 0) throw new RuleException($"cannot use {option.Name} without a value: {keyword.Help}");
        if (keyword.Value == ValueUse.None && value.Length > 0) throw new RuleException($"cannot use {option.Name} with a value: write {option.Name};");
        keyword.Parse(rule, option.Value ?? "");
    }

    private void Add(Keyword keyword)
    {
        _byName.Add(keyword.Name, keyword);
        foreach (string alias in keyword.Aliases) _byName.TryAdd(alias, keyword);
    }
}
