namespace Sensor.Streams;

/// <summary>The names rules and records use for <see cref="StreamEvent"/> (Suricata user guide, stream-event), one table for both ways.</summary>
public static class StreamEventNames
{
    private static readonly (StreamEvent Event, string Name)[] Table =
    [
        (StreamEvent.HandshakeAckInWrongDirection, "3whs_ack_in_wrong_dir"),
        (StreamEvent.HandshakeAsyncWrongSequence, "3whs_async_wrong_seq"),
        (StreamEvent.HandshakeRightSequenceWrongAck, "3whs_right_seq_wrong_ack_evasion"),
        (StreamEvent.HandshakeSynAckInWrongDirection, "3whs_synack_in_wrong_direction"),
        (StreamEvent.HandshakeSynAckResendDifferentAck, "3whs_synack_resend_with_different_ack"),
        (StreamEvent.HandshakeSynAckResendDifferentSequence, "3whs_synack_resend_with_diff_seq"),
        (StreamEvent.HandshakeSynAckToServerOnSynRecv, "3whs_synack_toserver_on_syn_recv"),
        (StreamEvent.HandshakeSynAckWrongAck, "3whs_synack_with_wrong_ack"),
        (StreamEvent.HandshakeSynAckFlood, "3whs_synack_flood"),
        (StreamEvent.HandshakeFastOpenDataIgnored, "3whs_synack_tfo_data_ignored"),
        (StreamEvent.HandshakeSynFlood, "3whs_syn_flood"),
        (StreamEvent.HandshakeSynResendDifferentSequenceOnSynRecv, "3whs_syn_resend_diff_seq_on_syn_recv"),
        (StreamEvent.HandshakeSynToClientOnSynRecv, "3whs_syn_toclient_on_syn_recv"),
        (StreamEvent.HandshakeWrongSequenceWrongAck, "3whs_wrong_seq_wrong_ack"),
        (StreamEvent.HandshakeAckDataInjection, "3whs_ack_data_inject"),
        (StreamEvent.SplitHandshakeSynAckWrongAck, "4whs_synack_with_wrong_ack"),
        (StreamEvent.SplitHandshakeSynAckWrongSyn, "4whs_synack_with_wrong_syn"),
        (StreamEvent.SplitHandshakeWrongSequence, "4whs_wrong_seq"),
        (StreamEvent.SplitHandshakeInvalidAck, "4whs_invalid_ack"),
        (StreamEvent.CloseWaitAckOutOfWindow, "closewait_ack_out_of_window"),
        (StreamEvent.CloseWaitFinOutOfWindow, "closewait_fin_out_of_window"),
        (StreamEvent.CloseWaitPacketBeforeLastAck, "closewait_pkt_before_last_ack"),
        (StreamEvent.CloseWaitInvalidAck, "closewait_invalid_ack"),
        (StreamEvent.ClosingAckWrongSequence, "closing_ack_wrong_seq"),
        (StreamEvent.ClosingInvalidAck, "closing_invalid_ack"),
        (StreamEvent.EstablishedPacketOutOfWindow, "est_packet_out_of_window"),
        (StreamEvent.EstablishedPacketBeforeLastAck, "est_pkt_before_last_ack"),
        (StreamEvent.EstablishedSynAckResend, "est_synack_resend"),
        (StreamEvent.EstablishedSynAckResendDifferentAck, "est_synack_resend_with_different_ack"),
        (StreamEvent.EstablishedSynAckResendDifferentSequence, "est_synack_resend_with_diff_seq"),
        (StreamEvent.EstablishedSynAckToServer, "est_synack_toserver"),
        (StreamEvent.EstablishedSynResend, "est_syn_resend"),
        (StreamEvent.EstablishedSynResendDifferentSequence, "est_syn_resend_diff_seq"),
        (StreamEvent.EstablishedSynToClient, "est_syn_toclient"),
        (StreamEvent.EstablishedInvalidAck, "est_invalid_ack"),
        (StreamEvent.FinInvalidAck, "fin_invalid_ack"),
        (StreamEvent.FinWait1AckWrongSequence, "fin1_ack_wrong_seq"),
        (StreamEvent.FinWait1FinWrongSequence, "fin1_fin_wrong_seq"),
        (StreamEvent.FinWait1InvalidAck, "fin1_invalid_ack"),
        (StreamEvent.FinWait2AckWrongSequence, "fin2_ack_wrong_seq"),
        (StreamEvent.FinWait2FinWrongSequence, "fin2_fin_wrong_seq"),
        (StreamEvent.FinWait2InvalidAck, "fin2_invalid_ack"),
        (StreamEvent.FinWithoutSession, "fin_but_no_session"),
        (StreamEvent.FinOutOfWindow, "fin_out_of_window"),
        (StreamEvent.FinSyn, "fin_syn"),
        (StreamEvent.LastAckAckWrongSequence, "lastack_ack_wrong_seq"),
        (StreamEvent.LastAckInvalidAck, "lastack_invalid_ack"),
        (StreamEvent.ResetWithoutSession, "rst_but_no_session"),
        (StreamEvent.TimeWaitAckWrongSequence, "timewait_ack_wrong_seq"),
        (StreamEvent.TimeWaitInvalidAck, "timewait_invalid_ack"),
        (StreamEvent.ShutdownSynResend, "shutdown_syn_resend"),
        (StreamEvent.InvalidTimestamp, "pkt_invalid_timestamp"),
        (StreamEvent.InvalidAck, "pkt_invalid_ack"),
        (StreamEvent.BrokenAck, "pkt_broken_ack"),
        (StreamEvent.ResetInvalidAck, "rst_invalid_ack"),
        (StreamEvent.Retransmission, "pkt_retransmission"),
        (StreamEvent.SpuriousRetransmission, "pkt_spurious_retransmission"),
        (StreamEvent.BadWindowUpdate, "pkt_bad_window_update"),
        (StreamEvent.SuspectedResetInjection, "suspected_rst_inject"),
        (StreamEvent.WrongThread, "wrong_thread"),
        (StreamEvent.SegmentBeforeBaseSequence, "reassembly_segment_before_base_seq"),
        (StreamEvent.NoSegment, "reassembly_no_segment"),
        (StreamEvent.SequenceGap, "reassembly_seq_gap"),
        (StreamEvent.OverlapDifferentData, "reassembly_overlap_different_data"),
        (StreamEvent.DepthReached, "reassembly_depth_reached"),
        (StreamEvent.InsertMemoryLimit, "reassembly_insert_memcap"),
        (StreamEvent.InsertSegmentLimit, "reassembly_insert_limit"),
        (StreamEvent.InsertInvalid, "reassembly_insert_invalid"),
        (StreamEvent.UrgentLimitReached, "reassembly_urgent_oob_limit_reached"),
    ];

    private static readonly string[] ByEvent = [.. Enum.GetValues<StreamEvent>().Select(happened => Table.FirstOrDefault(row => row.Event == happened).Name ?? "none")];

    private static readonly Dictionary<string, StreamEvent> ByName = Table.ToDictionary(row => row.Name, row => row.Event, StringComparer.Ordinal);

    /// <summary>All events with their names, in the order of the enum.</summary>
    public static IReadOnlyList<(StreamEvent Event, string Name)> All => Table;

    public static string Name(StreamEvent happened) => (int)happened < ByEvent.Length ? ByEvent[(int)happened] : "unknown";

    public static bool TryFind(string name, out StreamEvent happened) => ByName.TryGetValue(name, out happened);
}
