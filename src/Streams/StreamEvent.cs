namespace Sensor.Streams;

/// <summary>Everything that can be odd about a TCP session; names in <see cref="StreamEventNames"/> (rule keyword <c>stream-event</c>).</summary>
public enum StreamEvent : byte
{
    None = 0,
    /// <summary>An ACK of the handshake travels from server to client.</summary>
    HandshakeAckInWrongDirection,
    /// <summary>One-sided session: the ACK after the SYN has another sequence number.</summary>
    HandshakeAsyncWrongSequence,
    /// <summary>The handshake's ACK has the right sequence number and acknowledges something never sent.</summary>
    HandshakeRightSequenceWrongAck,
    /// <summary>SYN/ACK sent by the side that sent the SYN.</summary>
    HandshakeSynAckInWrongDirection,
    /// <summary>SYN/ACK again, acknowledging another SYN.</summary>
    HandshakeSynAckResendDifferentAck,
    /// <summary>SYN/ACK again, with another initial sequence number.</summary>
    HandshakeSynAckResendDifferentSequence,
    /// <summary>SYN/ACK to the server after the server's own.</summary>
    HandshakeSynAckToServerOnSynRecv,
    /// <summary>SYN/ACK for a SYN that was not seen.</summary>
    HandshakeSynAckWrongAck,
    /// <summary>More different SYN/ACKs than are kept.</summary>
    HandshakeSynAckFlood,
    /// <summary>The server did not take the data of a Fast Open SYN.</summary>
    HandshakeFastOpenDataIgnored,
    /// <summary>More different SYNs than are kept.</summary>
    HandshakeSynFlood,
    /// <summary>Another SYN after the SYN/ACK.</summary>
    HandshakeSynResendDifferentSequenceOnSynRecv,
    /// <summary>SYN from the server after its SYN/ACK.</summary>
    HandshakeSynToClientOnSynRecv,
    /// <summary>The handshake's ACK fits nothing.</summary>
    HandshakeWrongSequenceWrongAck,
    /// <summary>Server data before the client's ACK: possibly injected.</summary>
    HandshakeAckDataInjection,
    SplitHandshakeSynAckWrongAck,
    SplitHandshakeSynAckWrongSyn,
    SplitHandshakeWrongSequence,
    SplitHandshakeInvalidAck,
    CloseWaitAckOutOfWindow,
    CloseWaitFinOutOfWindow,
    CloseWaitPacketBeforeLastAck,
    CloseWaitInvalidAck,
    ClosingAckWrongSequence,
    ClosingInvalidAck,
    EstablishedPacketOutOfWindow,
    EstablishedPacketBeforeLastAck,
    EstablishedSynAckResend,
    EstablishedSynAckResendDifferentAck,
    EstablishedSynAckResendDifferentSequence,
    EstablishedSynAckToServer,
    EstablishedSynResend,
    EstablishedSynResendDifferentSequence,
    EstablishedSynToClient,
    EstablishedInvalidAck,
    FinInvalidAck,
    FinWait1AckWrongSequence,
    FinWait1FinWrongSequence,
    FinWait1InvalidAck,
    FinWait2AckWrongSequence,
    FinWait2FinWrongSequence,
    FinWait2InvalidAck,
    FinWithoutSession,
    FinOutOfWindow,
    /// <summary>SYN and FIN in one packet.</summary>
    FinSyn,
    LastAckAckWrongSequence,
    LastAckInvalidAck,
    ResetWithoutSession,
    TimeWaitAckWrongSequence,
    TimeWaitInvalidAck,
    /// <summary>SYN on a connection that is closing.</summary>
    ShutdownSynResend,
    /// <summary>The timestamp option says that the packet is old or foreign (RFC 7323 section 5).</summary>
    InvalidTimestamp,
    /// <summary>Acknowledges what cannot have been sent, or what was acknowledged a window ago.</summary>
    InvalidAck,
    /// <summary>An acknowledgment number without the ACK flag.</summary>
    BrokenAck,
    ResetInvalidAck,
    /// <summary>Bytes seen before and not yet acknowledged.</summary>
    Retransmission,
    /// <summary>Bytes that were acknowledged already.</summary>
    SpuriousRetransmission,
    BadWindowUpdate,
    /// <summary>The conversation went on after a reset.</summary>
    SuspectedResetInjection,
    /// <summary>Packets of one flow reached two workers; cannot happen with the symmetric fan-out, kept as a word for rules.</summary>
    WrongThread,
    /// <summary>A segment wholly before the beginning of the stream.</summary>
    SegmentBeforeBaseSequence,
    /// <summary>No segment could be made for the payload; kept as a word for rules.</summary>
    NoSegment,
    /// <summary>Bytes were acknowledged that the sensor never saw.</summary>
    SequenceGap,
    /// <summary>The same bytes were sent twice with different content.</summary>
    OverlapDifferentData,
    DepthReached,
    /// <summary>A segment was not kept: memory limit.</summary>
    InsertMemoryLimit,
    /// <summary>A segment was not kept: too many out of order.</summary>
    InsertSegmentLimit,
    /// <summary>A segment cannot be placed; kept as a word for rules.</summary>
    InsertInvalid,
    /// <summary>More out-of-band bytes than are taken out of a stream.</summary>
    UrgentLimitReached,
}
