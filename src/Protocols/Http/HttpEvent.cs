namespace Sensor.Protocols.Http;

/// <summary>What can be wrong with an HTTP exchange; rule names in <see cref="HttpEventNames"/> (<c>app-layer-event:http.NAME</c>).</summary>
public enum HttpEvent : byte
{
    UnknownError,
    GzipDecompressionFailed,
    RequestFieldMissingColon,
    ResponseFieldMissingColon,
    InvalidRequestChunkLen,
    InvalidResponseChunkLen,
    InvalidTransferEncodingValueInRequest,
    InvalidTransferEncodingValueInResponse,
    InvalidContentLengthFieldInRequest,
    InvalidContentLengthFieldInResponse,
    DuplicateContentLengthFieldInRequest,
    DuplicateContentLengthFieldInResponse,
    ContinueAlreadySeen,
    UnableToMatchResponseToRequest,
    InvalidServerPortInRequest,
    InvalidAuthorityPort,
    RequestHeaderInvalid,
    ResponseHeaderInvalid,
    MissingHostHeader,
    HostHeaderAmbiguous,
    InvalidRequestFieldFolding,
    InvalidResponseFieldFolding,
    RequestFieldTooLong,
    ResponseFieldTooLong,
    RequestLineInvalid,
    RequestBodyUnexpected,
    RequestServerPortTcpPortMismatch,
    UriHostInvalid,
    HeaderHostInvalid,
    RequestUriHostInvalid,
    RequestHeaderHostInvalid,
    RequestAuthUnrecognized,
    RequestHeaderRepetition,
    ResponseHeaderRepetition,
    DoubleEncodedUri,
    UriDelimNonCompliant,
    MethodDelimNonCompliant,
    RequestLineLeadingWhitespace,
    RequestLineIncomplete,
    RequestLineMissingProtocol,
    TooManyEncodingLayers,
    AbnormalCeHeader,
    LzmaMemlimitReached,
    LzmaDecompressionDisabled,
    CompressionBomb,
    MultipartGenericError,
    MultipartNoFiledata,
    MultipartInvalidHeader,
    ResponseMultipartByteranges,
    ResponseAbnormalTransferEncoding,
    ResponseChunkedOldProto,
    ResponseInvalidProtocol,
    ResponseInvalidStatus,
    RangeInvalid,
    FileNameTooLong,
    FailedProtocolChange,
    RequestChunkExtension,
    ResponseChunkExtension,
    RequestTooManyHeaders,
    ResponseTooManyHeaders,
    ContentLengthExtraDataStart,
    ContentLengthExtraDataEnd,
    InvalidGap,
    TooManyTransactions,
}

/// <summary>Rule names of <see cref="HttpEvent"/>, at the index of their number (user guide, "HTTP keywords" and app-layer events).</summary>
public static class HttpEventNames
{
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<HttpEvent>().Select(Name)];

    private static string Name(HttpEvent number) => number switch
    {
        HttpEvent.ContinueAlreadySeen => "100_continue_already_seen",
        _ => Snake(number.ToString()),
    };

    private static string Snake(string name) =>
        string.Concat(name.Select((letter, at) => char.IsUpper(letter) ? (at > 0 ? "_" : "") + char.ToLowerInvariant(letter) : letter.ToString()));
}
