namespace Sensor.Protocols.Dns;

/// <summary>Record types that are looked into (IANA, "Resource Record (RR) TYPEs").</summary>
public static class DnsType
{
    public const ushort A = 1, Ns = 2, Cname = 5, Soa = 6, Null = 10, Ptr = 12, Mx = 15, Txt = 16, Aaaa = 28, Srv = 33, Opt = 41, Sshfp = 44;
}

/// <summary>Words for the numbers of DNS, as event records spell them. Unknown numbers are written as digits.</summary>
internal static class DnsNumbers
{
    private static readonly (int Number, string Word)[] s_types =
    [
        (1, "A"), (2, "NS"), (3, "MD"), (4, "MF"), (5, "CNAME"), (6, "SOA"), (7, "MB"), (8, "MG"), (9, "MR"), (10, "NULL"),
        (11, "WKS"), (12, "PTR"), (13, "HINFO"), (14, "MINFO"), (15, "MX"), (16, "TXT"), (17, "RP"), (18, "AFSDB"), (19, "X25"),
        (20, "ISDN"), (21, "RT"), (22, "NSAP"), (23, "NSAPPTR"), (24, "SIG"), (25, "KEY"), (26, "PX"), (27, "GPOS"), (28, "AAAA"),
        (29, "LOC"), (30, "NXT"), (33, "SRV"), (34, "ATMA"), (35, "NAPTR"), (36, "KX"), (37, "CERT"), (38, "A6"), (39, "DNAME"),
        (41, "OPT"), (42, "APL"), (43, "DS"), (44, "SSHFP"), (45, "IPSECKEY"), (46, "RRSIG"), (47, "NSEC"), (48, "DNSKEY"),
        (49, "DHCID"), (50, "NSEC3"), (51, "NSEC3PARAM"), (52, "TLSA"), (53, "SMIMEA"), (55, "HIP"), (59, "CDS"), (60, "CDNSKEY"),
        (61, "OPENPGPKEY"), (62, "CSYNC"), (63, "ZONEMD"), (64, "SVCB"), (65, "HTTPS"), (99, "SPF"), (108, "EUI48"), (109, "EUI64"),
        (249, "TKEY"), (250, "TSIG"), (251, "IXFR"), (252, "AXFR"), (253, "MAILB"), (254, "MAILA"), (255, "ANY"), (256, "URI"),
        (257, "CAA"),
    ];

    private static readonly (int Number, string Word)[] s_responseCodes =
    [
        (0, "NOERROR"), (1, "FORMERR"), (2, "SERVFAIL"), (3, "NXDOMAIN"), (4, "NOTIMP"), (5, "REFUSED"), (6, "YXDOMAIN"),
        (7, "YXRRSET"), (8, "NXRRSET"), (9, "NOTAUTH"), (10, "NOTZONE"), (16, "BADVERS"),
    ];

    private static readonly byte[][] s_typeWords = Words(s_types, 258);
    private static readonly byte[][] s_responseCodeWords = Words(s_responseCodes, 17);

    public static ReadOnlySpan<byte> TypeWord(ushort type) => type < s_typeWords.Length ? s_typeWords[type] : default;

    public static ReadOnlySpan<byte> ResponseCodeWord(int code) => code < s_responseCodeWords.Length ? s_responseCodeWords[code] : default;

    private static byte[][] Words((int Number, string Word)[] table, int size)
    {
        var words = new byte[size][];
        Array.Fill(words, []);
        foreach ((int number, string word) in table) words[number] = System.Text.Encoding.ASCII.GetBytes(word);
        return words;
    }
}
