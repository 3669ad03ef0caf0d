using Sensor.Decode;
using Sensor.Flows;
using Sensor.Streams;

namespace Sensor.Tests.Streams;

public sealed class ClosingTests
{
    private static Conversation Connected(StreamOptions? options = null) => new Conversation(options).Handshake();

    [Fact]
    public void Client_closes_first()
    {
        Conversation talk = Connected().Client("FA", "bye", ack: 0);
        Assert.Equal((TcpState.CloseWait, FlowState.Established, ""), (talk.Session.State, talk.Flow.State, talk.ToServer));
        talk.Server("A", ack: 4);
        Assert.Equal((TcpState.CloseWait, "bye", true), (talk.Session.State, talk.ToServer, talk.Session.ToServer.Ended));
        talk.Server("PA", "last words", ack: 4).Client("A", at: 4, ack: 10).Server("FA", at: 10, ack: 4);
        Assert.Equal((TcpState.LastAck, FlowState.Closed), (talk.Session.State, talk.Flow.State));
        talk.Client("A", at: 4, ack: 11);
        Assert.Equal((TcpState.Closed, "last words"), (talk.Session.State, talk.ToClient));
        Assert.Equal(StreamVerdict.Ended, talk.Verdict & StreamVerdict.Ended);
        Assert.Empty(talk.Events);
    }

    [Fact]
    public void Server_closes_first()
    {
        Conversation talk = Connected().Server("FA", ack: 0);
        Assert.Equal(TcpState.FinWait1, talk.Session.State);
        Assert.Equal(TcpState.FinWait2, talk.Client("A", ack: 1).Session.State);
        Assert.Equal(TcpState.TimeWait, talk.Client("FA", ack: 1).Session.State);
        Assert.Equal(TcpState.Closed, talk.Server("A", at: 1, ack: 1).Session.State);
        Assert.Empty(talk.Events);
    }

    [Fact]
    public void Both_close_at_once()
    {
        Conversation talk = Connected().Server("FA", ack: 0).Client("FA", ack: 0);
        Assert.Equal(TcpState.Closing, talk.Session.State);
        Assert.Equal(TcpState.TimeWait, talk.Client("A", at: 1, ack: 1).Session.State);
        Assert.Equal(TcpState.Closed, talk.Server("A", at: 1, ack: 1).Session.State);
        Assert.Empty(talk.Events);
    }

    [Fact]
    public void A_fin_after_a_hole_ends_the_half_with_a_gap()
    {
        Conversation talk = Connected().Client("A", "ab", ack: 0).Client("FA", at: 5, ack: 0).Server("A", ack: 6);
        Assert.Equal(("ab[3]", true), (talk.ToServer, talk.Session.ToServer.Ended));
        Assert.Equal(["reassembly_seq_gap"], talk.Events);
    }

    [Theory]
    [InlineData("est_invalid_ack", "c A 0 9000000")]
    [InlineData("fin_invalid_ack", "c FA 0 9000000")]
    [InlineData("fin_out_of_window", "c FA 90000000 0")]
    [InlineData("est_packet_out_of_window", "c A 90000000 0 xx")]
    [InlineData("closewait_invalid_ack", "c FA 0 0", "s A 0 9000000")]
    [InlineData("closewait_fin_out_of_window", "c FA 0 0", "s FA 90000000 1")]
    [InlineData("closewait_ack_out_of_window", "c FA 0 0", "s A 90000000 1 xx")]
    [InlineData("closewait_ack_out_of_window", "c FA 0 0", "c A 1 0 xx")]
    [InlineData("fin1_invalid_ack", "s FA 0 0", "c A 0 9000000")]
    [InlineData("fin1_ack_wrong_seq", "s FA 0 0", "c A 90000000 1")]
    [InlineData("fin1_fin_wrong_seq", "s FA 0 0", "c FA 90000000 1")]
    [InlineData("fin2_invalid_ack", "s FA 0 0", "c A 0 1", "c A 0 9000000")]
    [InlineData("fin2_ack_wrong_seq", "s FA 0 0", "c A 0 1", "c A 90000000 1")]
    [InlineData("fin2_fin_wrong_seq", "s FA 0 0", "c A 0 1", "c FA 90000000 1")]
    [InlineData("closing_invalid_ack", "s FA 0 0", "c FA 0 0", "c A 1 9000000")]
    [InlineData("closing_ack_wrong_seq", "s FA 0 0", "c FA 0 0", "c A 90000000 1")]
    [InlineData("lastack_invalid_ack", "c FA 0 0", "s FA 0 1", "c A 1 9000000")]
    [InlineData("lastack_ack_wrong_seq", "c FA 0 0", "s FA 0 1", "c A 90000000 1")]
    [InlineData("timewait_invalid_ack", "s FA 0 0", "c FA 0 1", "s A 1 9000000")]
    [InlineData("timewait_ack_wrong_seq", "s FA 0 0", "c FA 0 1", "s A 90000000 1")]
    [InlineData("rst_invalid_ack", "c RA 0 9000000")]
    public void Each_state_names_what_does_not_fit_and_stays(string name, params string[] packets)
    {
        Conversation talk = Connected();
        TcpState before = TcpState.None;
        foreach (string packet in packets)
        {
            before = talk.Session.State;
            string[] words = packet.Split(' ');
            string data = words.Length > 4 ? words[4] : "";
            long at = long.Parse(words[2], null), ack = long.Parse(words[3], null);
            if (words[0] == "c") talk.Client(words[1], data, at: at, ack: ack);
            else talk.Server(words[1], data, at: at, ack: ack);
        }

        Assert.Contains(name, talk.Events);
        Assert.DoesNotContain(talk.Events, other => other != name && other != "pkt_invalid_ack");
        Assert.Equal((before, StreamVerdict.None), (talk.Session.State, talk.Verdict));
    }

    [Fact]
    public void Retransmissions_have_their_names()
    {
        Conversation talk = Connected().Client("A", "data", ack: 0).Client("A", "data", ack: 0);
        Assert.Equal(["pkt_retransmission"], talk.Events);
        talk.Server("A", ack: 4).Client("A", "data", ack: 0);
        Assert.Equal(["pkt_retransmission", "est_pkt_before_last_ack", "pkt_spurious_retransmission"], talk.Events);
        Assert.Equal("data", talk.ToServer);
    }

    [Fact]
    public void Keep_alives_and_window_probes_are_nothing_special()
    {
        Conversation talk = Connected().Client("A", "data", ack: 0).Server("A", ack: 4, window: 0).Client("A", "x", at: 3, ack: 0).Client("A", at: 3, ack: 0).Server("A", ack: 4);
        Assert.Empty(talk.Events);
        Assert.Equal("data", talk.ToServer);
    }

    [Fact]
    public void A_segment_is_cut_at_the_window()
    {
        Conversation talk = new Conversation().Handshake(window: 10, scale: -1).Client("A", "0123456789ABC", ack: 0).Server("A", ack: 10, window: 10).Client("A", "xyz", at: 10, ack: 0).Server("A", ack: 13);
        Assert.Equal("0123456789xyz", talk.ToServer);
    }

    [Fact]
    public void A_shrinking_window_from_the_future_is_refused()
    {
        Conversation talk = Connected().Client("A", at: 500, ack: 600, window: 10);
        Assert.Equal(["pkt_bad_window_update"], talk.Events);
    }

    [Fact]
    public void An_old_timestamp_is_refused()
    {
        var talk = new Conversation { ClientTime = (1000, 0), ServerTime = (50, 1000) };
        talk.Handshake().Client("PA", "new", ack: 0).Server("A", ack: 3);
        talk.ClientTime = (999, 50);
        talk.Client("PA", "old", at: 3, ack: 0);
        Assert.Equal(["pkt_invalid_timestamp"], talk.Events);
        Assert.Equal(StreamVerdict.None, talk.Verdict);
        talk.Later(25 * 24 * 3600.0);
        Assert.Equal(StreamVerdict.Accepted, talk.Client("S").Verdict);     // a new flow: this one has timed out
    }

    [Fact]
    public void A_reset_with_timestamp_0_counts()
    {
        var talk = new Conversation { ClientTime = (1000, 0), ServerTime = (50, 1000) };
        talk.Handshake();
        talk.ServerTime = (0, 1000);
        Assert.Equal(TcpState.Closed, talk.Server("RA", ack: 0).Session.State);
    }

    [Fact]
    public void An_answer_with_a_foreign_timestamp_does_not_kill_a_syn()
    {
        // Reset and FIN forged right after the SYN; the real server answers later.
        foreach (bool clientHasTimestamps in new[] { true, false })
        {
            var talk = new Conversation { ClientTime = clientHasTimestamps ? (1821165629, 0) : null };
            talk.Client("S");
            talk.ServerTime = (100, 100);
            talk.Server("RA", ack: 0, raw: 0).Server("FA", ack: 0, raw: 0);
            Assert.Equal(["pkt_invalid_timestamp", "pkt_invalid_timestamp"], talk.Events);
            talk.Client("R");
            talk.ServerTime = clientHasTimestamps ? (7, 1821165629) : null;
            talk.Server("SA", ack: 0).Client("A", ack: 0).Client("PA", "GET /", ack: 0).Server("A", ack: 5);
            Assert.Equal(("GET /", 2), (talk.ToServer, talk.Events.Count));
        }
    }

    [Fact]
    public void A_reset_of_the_syn_closes_and_the_next_try_begins_anew()
    {
        Conversation talk = new Conversation().Client("S").Server("RA", ack: 0, raw: 0);
        Assert.Equal((TcpState.Closed, FlowState.Closed), (talk.Session.State, talk.Flow.State));
        long first = talk.Flow.Id;
        talk.Handshake();
        Assert.Equal((first, TcpState.Established), (talk.Flow.Id, talk.Session.State));
    }

    [Fact]
    public void A_reset_closes_and_its_payload_is_no_stream_data()
    {
        Conversation talk = Connected().Server("PA", "Please Let Me In!", ack: 0).Client("RA", "Access Denied", ack: 17);
        Assert.Equal((TcpState.Closed, "Please Let Me In!", ""), (talk.Session.State, talk.ToClient, talk.ToServer));
        Assert.Equal(StreamVerdict.Ended | StreamVerdict.Accepted | StreamVerdict.NewToClient, talk.Verdict);
        Assert.Equal("", talk.End().ToServer);
    }

    [Theory]
    [InlineData(70_000_000)]
    [InlineData(-100)]
    public void A_reset_outside_the_window_is_ignored(long at)
    {
        Conversation talk = Connected().Client("PA", "data", ack: 0).Server("A", ack: 4).Client("R", at: at);
        Assert.Equal((TcpState.Established, StreamVerdict.None), (talk.Session.State, talk.Verdict));
    }

    [Fact]
    public void A_conversation_that_goes_on_after_a_reset_is_still_read()
    {
        Conversation talk = Connected().Client("RA", ack: 0);
        Assert.Equal(TcpState.Closed, talk.Session.State);
        talk.Client("PA", "GET /secret", ack: 0).Server("A", ack: 11);
        Assert.Equal(("GET /secret", TcpState.Established, FlowState.Established), (talk.ToServer, talk.Session.State, talk.Flow.State));
        Assert.Equal(["suspected_rst_inject"], talk.Events);
        talk.Server("PA", "200", ack: 11).Client("A", at: 11, ack: 3);
        Assert.Equal("200", talk.ToClient);
        talk.Client("R", at: 11);
        Assert.Equal((TcpState.Closed, 1), (talk.Session.State, talk.Events.Count));
    }

    [Fact]
    public void A_reset_between_synack_and_ack_does_not_blind()
    {
        Conversation talk = new Conversation().Client("S").Server("SA", ack: 0).Client("R").Client("A", ack: 0).Client("PA", "GET /", ack: 0).Server("A", ack: 5);
        Assert.Equal("GET /", talk.ToServer);
        Assert.Equal(["suspected_rst_inject"], talk.Events);
    }

    [Fact]
    public void Packets_in_flight_when_a_reset_passes_are_no_suspicion()
    {
        Conversation talk = Connected().Client("PA", "request", ack: 0).Server("RA", ack: 7).Client("PA", "more", at: 7, ack: 0);
        Assert.Empty(talk.Events);
        Assert.Equal(TcpState.Closed, talk.Session.State);
    }

    [Theory]
    [InlineData("oob", "malicious")]
    [InlineData("inline", "malicxious")]
    public void Urgent_bytes_by_policy(string policy, string expected)
    {
        StreamOptions options = StreamOptions.FromSettings(new Dictionary<string, string> { ["stream.reassembly.urgent.policy"] = policy });
        foreach (bool reversed in new[] { false, true })
        {
            Conversation talk = Connected(options);
            if (!reversed) talk.Client("PA", "malic", ack: 0).Client("PAU", "x", at: 5, ack: 0, urgent: 1).Client("PA", "ious", at: 6, ack: 0);
            else talk.Client("PA", "ious", at: 6, ack: 0).Client("PAU", "x", at: 5, ack: 0, urgent: 1).Client("PA", "malic", ack: 0);
            talk.Server("A", ack: 5).Server("A", ack: 6).Server("A", ack: 10);
            Assert.Equal(expected, talk.ToServer);
            Assert.Equal(0, talk.Tracker.BytesInUse);
        }
    }

    [Fact]
    public void Urgent_byte_inside_a_segment_and_gap_and_drop_policies()
    {
        Assert.Equal("maliciousdata", Connected().Client("PAU", "malicXious", ack: 0, urgent: 6).Client("A", "data", at: 10, ack: 0).Server("A", ack: 14).ToServer);
        Conversation talk = Connected(new StreamOptions { UrgentPolicy = UrgentPolicy.Gap }).Client("A", "ab", ack: 0).Client("AU", "X", at: 2, ack: 0, urgent: 1).Client("A", "cd", at: 3, ack: 0).Server("A", ack: 5);
        Assert.Equal("ab[1]cd", talk.ToServer);
        talk = Connected(new StreamOptions { UrgentPolicy = UrgentPolicy.Drop }).Client("A", "ab", ack: 0).Client("AU", "X", at: 2, ack: 0, urgent: 1).Client("A", "Ycd", at: 2, ack: 0).Server("A", ack: 5);
        Assert.Equal("abYcd", talk.ToServer);
    }

    [Fact]
    public void Urgent_bytes_are_limited()
    {
        Conversation talk = Connected(new StreamOptions { UrgentLimit = 3 });
        for (int i = 0; i < 5; i++) talk.Client("AU", "x", at: i, ack: 0, urgent: 1);
        Assert.Equal(2, talk.Events.Count(name => name == "reassembly_urgent_oob_limit_reached"));
        Assert.Equal(3, talk.Tracker.Counters.UrgentBytes);
    }
}
