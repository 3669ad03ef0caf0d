namespace Sensor.Protocols.Http2;

/// <summary>What can be wrong with an HTTP/2 conversation; rules name them <c>app-layer-event:http2.…</c>.</summary>
public enum Http2Event : byte
{
    InvalidFrameHeader, InvalidClientMagic, InvalidFrameData, InvalidHeader, InvalidFrameLength, ExtraHeaderData,
    /// <summary>A frame longer than <see cref="Http2Limits.Frame"/>; what is not DATA is passed over.</summary>
    LongFrameData,
    StreamIdReuse, InvalidHttp1Settings, FailedDecompression, InvalidRange,
    HeaderIntegerOverflow, TooManyStreams,
    /// <summary>:authority and host name different hosts.</summary>
    AuthorityHostMismatch,
    UserinfoInUri,
    /// <summary>A header block passes <see cref="Http2Limits.HeaderBlock"/>; headers of this side can no longer be read.</summary>
    ReassemblyLimitReached,
    DnsRequestTooLong, DnsResponseTooLong, DataStreamZero, TooManyFrames,
}

public static class Http2Events
{
    /// <summary>Names in rules, at the index of the event's number.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "invalid_frame_header", "invalid_client_magic", "invalid_frame_data", "invalid_header", "invalid_frame_length", "extra_header_data",
        "long_frame_data", "stream_id_reuse", "invalid_http1_settings", "failed_decompression", "invalid_range",
        "header_integer_overflow", "too_many_streams", "authority_host_mismatch", "userinfo_in_uri", "reassembly_limit_reached",
        "dns_request_too_long", "dns_response_too_long", "data_stream_zero", "too_many_frames",
    ];
}

public static class Http2Limits
{
    /// <summary>Bytes of a frame that is put together; RFC 9113 lets the sides agree on up to 2^24.</summary>
    public const int Frame = 65_536;

    /// <summary>Bytes of a header block over all its CONTINUATION frames (the reference engine's max-reassembly-size).</summary>
    public const int HeaderBlock = 102_400;

    /// <summary>Bytes of headers of one transaction, both sides.</summary>
    public const int TransactionBytes = 256 * 1024;

    /// <summary>Headers, settings and other fields of one transaction.</summary>
    public const int Fields = 2048;

    /// <summary>Streams of one connection that are open (the reference engine's max-streams is 4096, its max-tx 4096).</summary>
    public const int Streams = 512;
}
