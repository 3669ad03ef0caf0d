namespace Sensor.Protocols.Smtp;

/// <summary>What can be wrong with a mail conversation; rules name them <c>app-layer-event:smtp.…</c> with the words of <see cref="SmtpEvents.Names"/>.</summary>
public enum SmtpEvent : byte
{
    /// <summary>A server line that does not begin with three digits.</summary>
    InvalidReply,
    UnableToMatchReplyWithRequest,
    /// <summary>A command line longer than RFC 5321 section 4.5.3.1.4 allows.</summary>
    MaxCommandLineLenExceeded,
    /// <summary>A reply line longer than RFC 5321 section 4.5.3.1.5 allows.</summary>
    MaxReplyLineLenExceeded,
    /// <summary>More commands at once than are remembered.</summary>
    InvalidPipelinedSequence,
    BdatChunkLenExceeded,
    NoServerWelcomeMessage,
    TlsRejected,
    DataCommandRejected,
    FailedProtocolChange,
    MimeParseFailed,
    MimeMalformedMsg,
    MimeInvalidBase64,
    MimeInvalidQp,
    MimeLongLine,
    MimeLongEncLine,
    MimeLongHeaderName,
    MimeLongHeaderValue,
    MimeLongBoundary,
    MimeLongFilename,
    /// <summary>A second MAIL FROM in one mail.</summary>
    DuplicateFields,
    UnparsableContent,
    /// <summary>A line did not fit into what is kept of lines.</summary>
    TruncatedLine,
    /// <summary>A connection carries more open mails than <c>max-tx</c>.</summary>
    TooManyTransactions,
    /// <summary>A limit of the sensor's memory was reached; part of the mail is not looked at.</summary>
    MimeLimitReached,
}

public static class SmtpEvents
{
    /// <summary>Names in rules, at the index of the event's number.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "invalid_reply",
        "unable_to_match_reply_with_request",
        "max_command_line_len_exceeded",
        "max_reply_line_len_exceeded",
        "invalid_pipelined_sequence",
        "bdat_chunk_len_exceeded",
        "no_server_welcome_message",
        "tls_rejected",
        "data_command_rejected",
        "failed_protocol_change",
        "mime_parse_failed",
        "mime_malformed_msg",
        "mime_invalid_base64",
        "mime_invalid_qp",
        "mime_long_line",
        "mime_long_enc_line",
        "mime_long_header_name",
        "mime_long_header_value",
        "mime_long_boundary",
        "mime_long_filename",
        "duplicate_fields",
        "unparsable_content",
        "truncated_line",
        "too_many_transactions",
        "mime_limit_reached",
    ];
}
