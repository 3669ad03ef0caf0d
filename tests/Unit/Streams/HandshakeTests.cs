using Sensor.Decode;
using Sensor.Flows;
using Sensor.Streams;

namespace Sensor.Tests.Streams;

public sealed class HandshakeTests
{
    private static readonly byte[] FastOpenCookie = [1, 1, 34, 10, 1, 2, 3, 4, 5, 6, 7, 8];
    private static readonly byte[] ExperimentalCookie = [254, 6, 0xF9, 0x89, 1, 2];

    [Fact]
    public void Three_packets_establish()
    {
        Conversation talk = new Conversation().Client("S");
        Assert.Equal((TcpState.SynSent, FlowState.New), (talk.Session.State, talk.Flow.State));
        talk.Server("SA", ack: 0);
        Assert.Equal((TcpState.SynRecv, FlowState.New), (talk.Session.State, talk.Flow.State));
        talk.Client("A", ack: 0);
        Assert.Equal((TcpState.Established, FlowState.Established), (talk.Session.State, talk.Flow.State));
        Assert.Empty(talk.Events);
    }

    [Fact]
    public void Data_may_stand_for_the_third_packet()
    {
        Conversation talk = new Conversation().Client("S").Server("SA", ack: 0).Client("PA", "hello", ack: 0).Server("A", ack: 5);
        Assert.Equal(("hello", TcpState.Established), (talk.ToServer, talk.Session.State));
        Assert.Empty(talk.Events);
    }

    [Fact]
    public void Repeated_handshake_packets_are_no_events()
    {
        Conversation talk = new Conversation().Client("S").Client("S").Server("SA", ack: 0).Client("S").Server("SA", ack: 0).Client("A", ack: 0).Server("SA", ack: 0);
        Assert.Empty(talk.Events);
        Assert.Equal(TcpState.Established, talk.Session.State);
    }

    [Theory]
    [InlineData("3whs_synack_with_wrong_ack", "c S 0 -1", "s SA 0 77")]
    [InlineData("3whs_synack_in_wrong_direction", "c S 0 -1", "c SA 0 0")]
    [InlineData("3whs_ack_in_wrong_dir", "c S 0 -1", "s SA 0 0", "s A 0 0")]
    [InlineData("3whs_right_seq_wrong_ack_evasion", "c S 0 -1", "s SA 0 0", "c A 0 9")]
    [InlineData("3whs_wrong_seq_wrong_ack", "c S 0 -1", "s SA 0 0", "c A 5000000 9")]
    [InlineData("3whs_synack_resend_with_different_ack", "c S 0 -1", "s SA 0 0", "s SA 0 9")]
    [InlineData("3whs_synack_resend_with_diff_seq", "c S 0 -1", "s SA 0 0", "s SA 9 0")]
    [InlineData("3whs_synack_toserver_on_syn_recv", "c S 0 -1", "s SA 0 0", "c SA 0 0")]
    [InlineData("3whs_syn_resend_diff_seq_on_syn_recv", "c S 0 -1", "s SA 0 0", "c S 9 -1")]
    [InlineData("3whs_syn_toclient_on_syn_recv", "c S 0 -1", "s SA 0 0", "s S 0 -1")]
    [InlineData("4whs_synack_with_wrong_ack", "c S 0 -1", "s S 0 -1", "c SA 0 9")]
    [InlineData("4whs_synack_with_wrong_syn", "c S 0 -1", "s S 0 -1", "c SA 9 0")]
    [InlineData("4whs_invalid_ack", "c S 0 -1", "s S 0 -1", "c SA 0 0", "s A 0 9")]
    [InlineData("4whs_wrong_seq", "c S 0 -1", "s S 0 -1", "c SA 0 0", "s A 5000000 0")]
    [InlineData("rst_but_no_session", "c R 0 -1")]
    [InlineData("fin_but_no_session", "c FA 0 0")]
    [InlineData("fin_syn", "c SF 0 -1")]
    [InlineData("pkt_broken_ack", "c S 0 5")]
    [InlineData("rst_invalid_ack", "c S 0 -1", "s RA 0 9")]
    [InlineData("est_syn_resend", "c S 0 -1", "s SA 0 0", "c A 0 0", "c S 0 -1")]
    [InlineData("est_syn_resend_diff_seq", "c S 0 -1", "s SA 0 0", "c A 0 0", "c S 9 -1")]
    [InlineData("est_syn_toclient", "c S 0 -1", "s SA 0 0", "c A 0 0", "s S 0 -1")]
    [InlineData("est_synack_toserver", "c S 0 -1", "s SA 0 0", "c A 0 0", "c SA 0 0")]
    [InlineData("est_synack_resend_with_diff_seq", "c S 0 -1", "s SA 0 0", "c A 0 0", "s SA 9 0")]
    [InlineData("est_synack_resend_with_different_ack", "c S 0 -1", "s SA 0 0", "c A 0 0", "s SA 0 9")]
    [InlineData("shutdown_syn_resend", "c S 0 -1", "s SA 0 0", "c A 0 0", "c FA 0 0", "c S 0 -1")]
    public void Each_oddity_has_its_name_and_changes_nothing(string name, params string[] packets)
    {
        var talk = new Conversation();
        TcpState before = TcpState.None;
        foreach (string packet in packets)
        {
            before = talk.Flow?.Transport is TcpSession session ? session.State : TcpState.None;
            string[] words = packet.Split(' ');
            long at = long.Parse(words[2], null), ack = long.Parse(words[3], null);
            if (words[0] == "c") talk.Client(words[1], at: at, ack: ack);
            else talk.Server(words[1], at: at, ack: ack);
        }

        Assert.Equal([name], talk.Events);
        TcpState after = talk.Flow?.Transport is TcpSession last ? last.State : TcpState.None;
        if (name != "pkt_broken_ack") Assert.Equal(before, after);
        Assert.True(StreamEventNames.TryFind(name, out StreamEvent happened));
        Assert.True(talk.Last.Contains((int)happened));
        if (after != TcpState.None) Assert.True(talk.Session.Events.Contains((int)happened));
    }

    [Fact]
    public void A_resent_synack_after_client_data_is_an_event()
    {
        Conversation talk = new Conversation().Handshake().Client("PA", "x", ack: 0).Server("SA", ack: 0);
        Assert.Equal(["est_synack_resend"], talk.Events);
    }

    [Fact]
    public void The_syn_that_is_answered_is_the_one_that_counts()
    {
        // A forged SYN first, the real one second: the server answers the real one.
        Conversation talk = new Conversation().Client("S", raw: 777_777).Client("S").Server("SA", ack: 0).Client("A", ack: 0)
            .Client("PA", "seen", ack: 0).Server("A", ack: 4);
        Assert.Equal(("seen", TcpState.Established), (talk.ToServer, talk.Session.State));
    }

    [Fact]
    public void The_synack_that_is_acknowledged_is_the_one_that_counts()
    {
        Conversation talk = new Conversation().Client("S", scale: 7).Server("SA", ack: 0, raw: 999_999).Server("SA", ack: 0, scale: 7).Client("A", ack: 0)
            .Server("PA", "answer", ack: 0).Client("A", ack: 6);
        Assert.Equal(("answer", TcpState.Established), (talk.ToClient, talk.Session.State));
        Assert.Equal(["3whs_synack_resend_with_diff_seq"], talk.Events);
    }

    [Fact]
    public void Floods_of_syns_and_synacks_are_bounded_and_named()
    {
        var talk = new Conversation();
        for (uint i = 0; i < 20; i++) talk.Client("S", raw: 50_000 + i);
        Assert.Equal(9, talk.Events.Count(name => name == "3whs_syn_flood"));
        talk = new Conversation().Client("S").Server("SA", ack: 0);
        for (uint i = 0; i < 10; i++) talk.Server("SA", ack: 0, raw: 90_000 + i);
        Assert.Equal(5, talk.Events.Count(name => name == "3whs_synack_flood"));
    }

    [Fact]
    public void A_lone_syn_costs_no_bytes_and_sessions_are_bounded()
    {
        var tracker = new Conversation(new StreamOptions { MaximumSessions = 1 }).Client("S");
        Assert.Equal((1, 0L), (tracker.Tracker.Sessions, tracker.Tracker.BytesInUse));
        Assert.Null(new Conversation(new StreamOptions { MaximumSessions = 0 }).Client("S").Flow.Transport);
    }

    [Fact]
    public void Split_handshake_is_followed()
    {
        Conversation talk = new Conversation().Client("S").Server("S").Client("SA", ack: 0).Server("A", ack: 0).Client("A", "EVIL", ack: 0).Server("A", ack: 4);
        Assert.Equal(("EVIL", TcpState.Established), (talk.ToServer, talk.Session.State));
        Assert.Empty(talk.Events);
    }

    [Fact]
    public void Simultaneous_open_is_followed()
    {
        Conversation talk = new Conversation().Client("S").Server("S").Client("SA", ack: 0).Server("SA", ack: 0).Client("A", "data", ack: 0).Server("A", ack: 4);
        Assert.Equal(("data", TcpState.Established), (talk.ToServer, talk.Session.State));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fast_open_data_are_read_when_the_synack_takes_them(bool standard)
    {
        Conversation talk = new Conversation().Client("S", "GET", options: standard ? FastOpenCookie : ExperimentalCookie).Server("SA", ack: 3);
        Assert.Equal("GET", talk.ToServer);
        talk.Server("PA", "Hello!", ack: 3).Client("A", at: 3, ack: 6);
        Assert.Equal(("Hello!", TcpState.Established), (talk.ToClient, talk.Session.State));
        talk.Client("PA", " /", at: 3, ack: 6).Server("A", at: 6, ack: 5);
        Assert.Equal("GET /", talk.ToServer);
        Assert.Empty(talk.Events);
    }

    [Fact]
    public void Fast_open_data_that_the_server_ignores_come_again()
    {
        Conversation talk = new Conversation().Client("S", "GET", options: FastOpenCookie).Server("SA", ack: 0).Client("A", ack: 0).Client("PA", "PUT", ack: 0).Server("A", ack: 3);
        Assert.Equal("PUT", talk.ToServer);
        Assert.Equal(["3whs_synack_tfo_data_ignored"], talk.Events);
    }

    [Fact]
    public void Data_on_a_syn_without_cookie_count_only_when_acknowledged()
    {
        Assert.Equal("GET", new Conversation().Client("S", "GET").Server("SA", ack: 3).Client("A", at: 3, ack: 0).ToServer);
        Assert.Equal("PUT", new Conversation().Client("S", "GET").Server("SA", ack: 0).Client("PA", "PUT", ack: 0).Server("A", ack: 3).ToServer);
    }

    [Fact]
    public void Server_data_before_the_clients_ack_wait_for_it()
    {
        Conversation talk = new Conversation().Client("S").Server("SA", ack: 0).Server("PA", "banner", ack: 0);
        Assert.Equal(["3whs_ack_data_inject"], talk.Events);
        Assert.Equal("", talk.ToClient);
        talk.Client("A", ack: 6);
        Assert.Equal(("banner", TcpState.Established), (talk.ToClient, talk.Session.State));
    }

    [Fact]
    public void Midstream_needs_the_option()
    {
        Conversation talk = new Conversation().Client("PA", "data", at: 500, ack: 700);
        Assert.Null(talk.Flow.Transport);
        Assert.Equal((StreamVerdict.None, FlowState.New, ExceptionPolicy.Ignore), (talk.Verdict, talk.Flow.State, talk.Flow.MidstreamPolicy));
        talk.Server("A", at: 700, ack: 504);
        Assert.Equal(2, talk.Tracker.Counters.PacketsWithoutSession);

        talk = new Conversation(new StreamOptions { Midstream = true }).Client("PA", "data", at: 500, ack: 700).Server("PA", "answer", at: 700, ack: 504).Client("A", at: 504, ack: 706);
        Assert.Equal(("data", "answer", TcpState.Established, true), (talk.ToServer, talk.ToClient, talk.Session.State, talk.Session.Midstream));
        Assert.Empty(talk.Events);
    }

    [Fact]
    public void A_midstream_synack_makes_its_sender_the_server()
    {
        Conversation talk = new Conversation(new StreamOptions { Midstream = true }).Server("SA", ack: 0, scale: 3).Client("A", ack: 0)
            .Client("PA", "GET /", ack: 0).Server("A", ack: 5).Server("PA", "200", ack: 5).Client("A", at: 5, ack: 3);
        Assert.Equal(("GET /", "200"), (talk.ToServer, talk.ToClient));
        Assert.Equal(((ushort)80, true), (talk.Flow.ServerPort, talk.Flow.Midstream));
        Assert.Empty(talk.Events);
    }

    [Fact]
    public void Directions_of_a_midstream_pickup_can_be_turned_round()
    {
        Conversation talk = new Conversation(new StreamOptions { Midstream = true }).Server("A", ack: 0).Server("PA", "HTTP/1.1 200 OK", ack: 0);
        Assert.Equal((ushort)40000, talk.Flow.ServerPort);
        talk.Tracker.SwapDirections(talk.Flow);
        Assert.Equal(((ushort)80, 2L), (talk.Flow.ServerPort, talk.Flow.ToClient.Packets));
        talk.Client("A", ack: 15);
        Assert.Equal("HTTP/1.1 200 OK", talk.ToClient);
    }

    [Theory]
    [InlineData("bypass", FlowState.Bypassed, false, false)]
    [InlineData("pass-flow", FlowState.New, true, false)]
    [InlineData("drop-flow", FlowState.New, false, true)]
    public void Midstream_policies_mark_the_flow(string policy, FlowState state, bool passed, bool dropped)
    {
        var settings = new Dictionary<string, string> { ["stream.midstream-policy"] = policy };
        Conversation talk = new Conversation(StreamOptions.FromSettings(settings, bridge: true)).Client("PA", "data", ack: 0);
        Assert.Equal((state, passed, dropped), (talk.Flow.State, talk.Flow.Passed, talk.Flow.Dropped));
        Assert.Null(talk.Flow.Transport);
    }

    [Theory]
    [InlineData("drop-flow")]
    [InlineData("reject")]
    public void A_passive_box_drops_no_flow(string policy)
    {
        var settings = new Dictionary<string, string> { ["stream.midstream-policy"] = policy };
        Assert.False(new Conversation(StreamOptions.FromSettings(settings)).Client("PA", "data", ack: 0).Flow.Dropped);
    }

    [Fact]
    public void Data_of_a_syn_nobody_answered_is_no_conversation()
    {
        Conversation talk = new Conversation().Client("S", "GET / HTTP/1.0");
        Assert.Equal(StreamVerdict.Ended, talk.Tracker.Flush(talk.Flow));
        Assert.Equal("", talk.ToServer);
    }

    [Fact]
    public void One_sided_clients_are_read_without_acknowledgments()
    {
        Conversation talk = new Conversation(new StreamOptions { AsyncOneSide = true }).Client("S").Client("A", ack: 300).Client("PA", "GET /1", ack: 300).Client("PA", "GET /2", at: 6, ack: 900);
        Assert.Equal(("GET /1GET /2", true, TcpState.Established), (talk.ToServer, talk.Session.Asynchronous, talk.Session.State));
        Assert.Empty(talk.Events);
        Assert.Equal("", new Conversation().Client("S").Client("A", ack: 300).Client("PA", "GET /1", ack: 300).ToServer);
    }

    [Fact]
    public void One_sided_servers_are_read_without_acknowledgments()
    {
        Conversation talk = new Conversation(new StreamOptions { AsyncOneSide = true }).Server("SA", ack: 0).Server("A", ack: 0).Server("A", ack: 40)
            .Server("PA", "HTTP/1.0 200 OK", ack: 40).Server("FA", at: 15, ack: 80);
        Assert.Equal(("HTTP/1.0 200 OK", TcpState.FinWait1), (talk.ToClient, talk.Session.State));
        Assert.Empty(talk.Events);
    }

    [Fact]
    public void A_one_sided_ack_with_another_sequence_is_refused()
    {
        Conversation talk = new Conversation(new StreamOptions { AsyncOneSide = true }).Client("S").Client("A", at: 9, ack: 300);
        Assert.Equal(["3whs_async_wrong_seq"], talk.Events);
    }

    [Fact]
    public void A_one_sided_session_becomes_two_sided_when_the_other_side_is_heard()
    {
        Conversation talk = new Conversation(new StreamOptions { AsyncOneSide = true }).Client("S").Client("A", ack: 0).Client("PA", "one", ack: 0).Server("A", ack: 3).Client("PA", "two", at: 3, ack: 0);
        Assert.Equal(("one", false), (talk.ToServer, talk.Session.Asynchronous));
        Assert.Equal("onetwo", talk.Server("A", ack: 6).ToServer);
    }

    [Fact]
    public void Wrong_checksums_are_not_tracked_unless_told_so()
    {
        Conversation talk = new Conversation().Handshake().Client("PA", "bad", ack: 0, packetFlags: PacketFlags.BadTransportChecksum).Client("PA", "yes", ack: 0).Server("A", ack: 3);
        Assert.Equal(("yes", 1L), (talk.ToServer, talk.Tracker.Counters.InvalidChecksum));
        talk = new Conversation(new StreamOptions { ChecksumValidation = false }).Handshake().Client("PA", "bad", ack: 0, packetFlags: PacketFlags.BadTransportChecksum).Server("A", ack: 3);
        Assert.Equal("bad", talk.ToServer);
    }
}
