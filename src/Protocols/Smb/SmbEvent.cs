namespace Sensor.Protocols.Smb;

/// <summary>What can be wrong with an SMB conversation; rules name them <c>app-layer-event:smb.…</c>.</summary>
public enum SmbEvent : byte
{
    /// <summary>A state that the sensor itself did not expect.</summary>
    InternalError,
    /// <summary>A length or place does not fit into its message.</summary>
    MalformedData,
    /// <summary>A record is longer than <see cref="SmbLimits.Record"/>, or shorter than what it carries; it is passed over.</summary>
    RecordOverflow,
    MalformedNtlmsspRequest,
    MalformedNtlmsspResponse,
    DuplicateNegotiate,
    /// <summary>The dialects of a negotiation cannot be read.</summary>
    NegotiateMalformedDialects,
    /// <summary>Content of a file was sent again, perhaps different.</summary>
    FileOverlap,
    RequestToClient,
    ResponseToServer,
    NegotiateMaxReadSizeTooLarge,
    NegotiateMaxWriteSizeTooLarge,
    ReadRequestTooLarge,
    ReadResponseTooLarge,
    ReadQueueSizeExceeded,
    ReadQueueCntExceeded,
    WriteRequestTooLarge,
    WriteQueueSizeExceeded,
    WriteQueueCntExceeded,
    /// <summary>Fields of an NTLMSSP message lie in an unusual order.</summary>
    UnusualNtlmsspOrder,
    /// <summary>More transactions of one flow are open than <c>max-tx</c>; the oldest is completed.</summary>
    TooManyTransactions,
    /// <summary>More transactions, names or files are open in one worker than it holds; the rest is not looked at.</summary>
    WorkerLimitReached,
    /// <summary>The sides compress; what is inside is not looked at.</summary>
    CompressedMessage,
    /// <summary>Bytes that belong to no record were passed over.</summary>
    NotSmb,
}

public static class SmbEvents
{
    /// <summary>Names in rules, at the index of the event's number.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "internal_error", "malformed_data", "record_overflow", "malformed_ntlmssp_request", "malformed_ntlmssp_response", "duplicate_negotiate",
        "negotiate_malformed_dialects", "file_overlap", "request_to_client", "response_to_server", "negotiate_max_read_size_too_large",
        "negotiate_max_write_size_too_large", "read_request_too_large", "read_response_too_large", "read_queue_size_exceeded", "read_queue_cnt_exceeded",
        "write_request_too_large", "write_queue_size_exceeded", "write_queue_cnt_exceeded", "unusual_ntlmssp_order", "too_many_transactions",
        "worker_limit_reached", "compressed_message", "not_smb",
    ];
}
