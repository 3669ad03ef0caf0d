using Sensor.Detection.Compile;
using Sensor.Detection.RuleLanguage;
using Sensor.Primitives;

namespace Sensor.Detection.Keywords.Buffers;

/// <summary>
/// Sticky buffers: one keyword for each buffer that a protocol declares; options after it look there until the next
/// one (user guide, "Rules Format", modifier keywords). Older spellings are a table.
/// </summary>
internal static class StickyBuffer
{
    /// <summary>Older spellings that are sticky buffers too.</summary>
    private static readonly (string Old, string Name)[] OldNames =
    [
        ("file_data", "file.data"),
        ("dns_query", "dns.query"),
        ("http_accept", "http.accept"),
        ("http_accept_enc", "http.accept_enc"),
        ("http_accept_lang", "http.accept_lang"),
        ("http_connection", "http.connection"),
        ("http_content_len", "http.content_len"),
        ("http_content_type", "http.content_type"),
        ("http_header_names", "http.header_names"),
        ("http_protocol", "http.protocol"),
        ("http_referer", "http.referer"),
        ("http_request_line", "http.request_line"),
        ("http_response_line", "http.response_line"),
        ("http_start", "http.start"),
        ("tls_sni", "tls.sni"),
        ("tls_cert_subject", "tls.cert_subject"),
        ("tls_cert_issuer", "tls.cert_issuer"),
        ("tls_cert_serial", "tls.cert_serial"),
        ("tls_cert_fingerprint", "tls.cert_fingerprint"),
        ("ja3_hash", "ja3.hash"),
        ("ja3_string", "ja3.string"),
        ("ja3s_hash", "ja3s.hash"),
        ("ja4_hash", "ja4.hash"),
        ("ssh_proto", "ssh.proto"),
        ("ssh_software", "ssh.software"),
        ("dce_stub_data", "dcerpc.stub_data"),
        ("smb_named_pipe", "smb.named_pipe"),
        ("smb_share", "smb.share"),
        ("krb5_cname", "krb5.cname"),
        ("krb5_sname", "krb5.sname"),
        ("sip.content_len", "sip.content_length"),
    ];

    public static IEnumerable<Keyword> For(BufferCatalog buffers)
    {
        foreach (string name in buffers.Names)
        {
            NamedBuffer buffer = buffers.Find(name)!;
            yield return new Keyword(name, ValueUse.Optional, $"what follows looks into {name}: {name}; content:\"...\";", (rule, value) => rule.Select(new BufferTarget(buffer), SideOf(name, value)))
            {
                Aliases = [.. OldNames.Where(old => old.Name == name).Select(old => old.Old)],
            };
        }
    }

    /// <summary>A rule on both sides of a transaction may say which side's buffer it means (user guide, "Transactional rules").</summary>
    private static Direction? SideOf(string name, string value) => value.Trim() switch
    {
        "" => null,
        "to_server" => Direction.ToServer,
        "to_client" => Direction.ToClient,
        _ => throw new RuleException($"cannot read {name} \"{value}\": write {name}; or, in a rule with =>, {name}:to_client;"),
    };

    /// <summary>The present spelling of an older one.</summary>
    public static string? Present(string old)
    {
        foreach ((string candidate, string name) in OldNames)
        {
            if (candidate == old) return name;
        }

        return null;
    }
}
