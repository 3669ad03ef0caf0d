namespace Sensor.Protocols.Krb5;

/// <summary>Kinds of messages (RFC 4120 section 7.5.7); the tag of a message is the kind as an application tag.</summary>
public static class Krb5Type
{
    public const int AsRequest = 10, AsReply = 11, TgsRequest = 12, TgsReply = 13, ApRequest = 14, ApReply = 15, Error = 30;

    public static string? Name(int type) => type switch
    {
        AsRequest => "KRB_AS_REQ",
        AsReply => "KRB_AS_REP",
        TgsRequest => "KRB_TGS_REQ",
        TgsReply => "KRB_TGS_REP",
        ApRequest => "KRB_AP_REQ",
        ApReply => "KRB_AP_REP",
        Error => "KRB_ERROR",
        _ => null,
    };

    public static bool IsKnown(int type) => Name(type) is not null;

    public static bool IsRequest(int type) => type is AsRequest or TgsRequest or ApRequest;
}

/// <summary>Ways to encrypt (IANA, "Kerberos Encryption Type Numbers").</summary>
public static class Krb5Encryption
{
    private static readonly Dictionary<int, string> s_names = new()
    {
        [0] = "null",
        [1] = "des-cbc-crc",
        [2] = "des-cbc-md4",
        [3] = "des-cbc-md5",
        [5] = "des3-cbc-md5",
        [7] = "des3-cbc-sha1",
        [9] = "dsaWithSHA1-CmsOID",
        [10] = "md5WithRSAEncryption-CmsOID",
        [11] = "sha1WithRSAEncryption-CmsOID",
        [12] = "rc2CBC-EnvOID",
        [13] = "rsaEncryption-EnvOID",
        [14] = "rsaES-OAEP-ENV-OID",
        [15] = "des-ede3-cbc-Env-OID",
        [16] = "des3-cbc-sha1-kd",
        [17] = "aes128-cts-hmac-sha1-96",
        [18] = "aes256-cts-hmac-sha1-96",
        [19] = "aes128-cts-hmac-sha256-128",
        [20] = "aes256-cts-hmac-sha384-192",
        [23] = "rc4-hmac",
        [24] = "rc4-hmac-exp",
        [25] = "camellia128-cts-cmac",
        [26] = "camellia256-cts-cmac",
        [65] = "subkey-keymaterial",
        [-128] = "rc4-md4",
        [-133] = "rc4-hmac-old",
        [-135] = "rc4-hmac-old-exp",
    };

    public static string? Name(int number) => s_names.GetValueOrDefault(number);

    public static int? Number(string name)
    {
        foreach ((int number, string candidate) in s_names)
        {
            if (candidate.Equals(name, StringComparison.OrdinalIgnoreCase)) return number;
        }

        return null;
    }

    /// <summary>Everything before AES (RFC 6649, RFC 8429).</summary>
    public static bool IsWeak(int number) => number is (not (>= 17 and <= 20)) and (not (25 or 26));
}

/// <summary>Names of errors (RFC 4120 section 7.5.9).</summary>
internal static class Krb5Errors
{
    private static readonly string[] s_keyCenter =
    [
        "KDC_ERR_NONE", "KDC_ERR_NAME_EXP", "KDC_ERR_SERVICE_EXP", "KDC_ERR_BAD_PVNO", "KDC_ERR_C_OLD_MAST_KVNO", "KDC_ERR_S_OLD_MAST_KVNO",
        "KDC_ERR_C_PRINCIPAL_UNKNOWN", "KDC_ERR_S_PRINCIPAL_UNKNOWN", "KDC_ERR_PRINCIPAL_NOT_UNIQUE", "KDC_ERR_NULL_KEY", "KDC_ERR_CANNOT_POSTDATE",
        "KDC_ERR_NEVER_VALID", "KDC_ERR_POLICY", "KDC_ERR_BADOPTION", "KDC_ERR_ETYPE_NOSUPP", "KDC_ERR_SUMTYPE_NOSUPP", "KDC_ERR_PADATA_TYPE_NOSUPP",
        "KDC_ERR_TRTYPE_NOSUPP", "KDC_ERR_CLIENT_REVOKED", "KDC_ERR_SERVICE_REVOKED", "KDC_ERR_TGT_REVOKED", "KDC_ERR_CLIENT_NOTYET", "KDC_ERR_SERVICE_NOTYET",
        "KDC_ERR_KEY_EXPIRED", "KDC_ERR_PREAUTH_FAILED", "KDC_ERR_PREAUTH_REQUIRED", "KDC_ERR_SERVER_NOMATCH", "KDC_ERR_MUST_USE_USER2USER",
        "KDC_ERR_PATH_NOT_ACCEPTED", "KDC_ERR_SVC_UNAVAILABLE",
    ];

    private static readonly Dictionary<int, string> s_application = new()
    {
        [31] = "KRB_AP_ERR_BAD_INTEGRITY",
        [32] = "KRB_AP_ERR_TKT_EXPIRED",
        [33] = "KRB_AP_ERR_TKT_NYV",
        [34] = "KRB_AP_ERR_REPEAT",
        [35] = "KRB_AP_ERR_NOT_US",
        [36] = "KRB_AP_ERR_BADMATCH",
        [37] = "KRB_AP_ERR_SKEW",
        [38] = "KRB_AP_ERR_BADADDR",
        [39] = "KRB_AP_ERR_BADVERSION",
        [40] = "KRB_AP_ERR_MSG_TYPE",
        [41] = "KRB_AP_ERR_MODIFIED",
        [42] = "KRB_AP_ERR_BADORDER",
        [44] = "KRB_AP_ERR_BADKEYVER",
        [45] = "KRB_AP_ERR_NOKEY",
        [46] = "KRB_AP_ERR_MUT_FAIL",
        [47] = "KRB_AP_ERR_BADDIRECTION",
        [48] = "KRB_AP_ERR_METHOD",
        [49] = "KRB_AP_ERR_BADSEQ",
        [50] = "KRB_AP_ERR_INAPP_CKSUM",
        [51] = "KRB_AP_PATH_NOT_ACCEPTED",
        [52] = "KRB_ERR_RESPONSE_TOO_BIG",
        [60] = "KRB_ERR_GENERIC",
        [61] = "KRB_ERR_FIELD_TOOLONG",
        [62] = "KDC_ERROR_CLIENT_NOT_TRUSTED",
        [63] = "KDC_ERROR_KDC_NOT_TRUSTED",
        [64] = "KDC_ERROR_INVALID_SIG",
        [65] = "KDC_ERR_KEY_TOO_WEAK",
        [66] = "KDC_ERR_CERTIFICATE_MISMATCH",
        [67] = "KRB_AP_ERR_NO_TGT",
        [68] = "KDC_ERR_WRONG_REALM",
        [69] = "KRB_AP_ERR_USER_TO_USER_REQUIRED",
    };

    public static string? Name(int code) => code >= 0 && code < s_keyCenter.Length ? s_keyCenter[code] : s_application.GetValueOrDefault(code);
}
