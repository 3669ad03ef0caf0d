using System.Text;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Tests.Protocols;

/// <summary>Detection and feeding on scripted conversations of invented protocols.</summary>
public sealed class AppLayerTests
{
    private readonly Flow _flow = new() { Slot = 0, ServerPort = 80 };
    private readonly ScriptedSource _client = new(), _server = new();
    private AppSession _session = null!;
    private AppLayer _layer = null!;

    private static IAppProtocol[] Some() =>
    [
        new EchoProtocol("alpha", "ALPHA", "alpha", 80) { FirstSpeaker = Direction.ToServer },
        new EchoProtocol("beta", "BETA", "beta", 90),
        new EchoProtocol("tls", "TLS", "tls", 443),
    ];

    private void Begin(IAppProtocol[]? protocols = null, ProtocolOptions? options = null)
    {
        _layer = new AppLayer(options ?? new ProtocolOptions(), NoFiles.Instance, protocols ?? Some());
        _session = new AppSession { SourceToServer = _client, SourceToClient = _server };
        _flow.Application = _session;
    }

    private void Client(string text, Completeness seen = Completeness.Whole)
    {
        _client.Say(text);
        _layer.Advance(_flow, _session, Direction.ToServer, default, seen);
    }

    private void Server(string text, Completeness seen = Completeness.Whole)
    {
        _server.Say(text);
        _layer.Advance(_flow, _session, Direction.ToClient, default, seen);
    }

    private List<string> Log => ((EchoParser)_session.Parser!).Log;

    [Fact]
    public void Protocol_is_found_by_content_whatever_the_port()
    {
        Begin();
        Client("BETA one\n");
        Assert.Equal("beta", _session.Protocol!.Name);
        Server("beta two\n");
        Assert.Equal(["> BETA one", "< beta two"], Log);
        Assert.True(_session.Events.IsEmpty);
        Assert.True(_session.ChangedToServer && _session.ChangedToClient);
    }

    [Fact]
    public void Detection_waits_for_the_bytes_a_probe_needs_and_replays_them()
    {
        Begin();
        foreach (char one in "BETA x") Client(one.ToString());
        Assert.Equal("beta", _session.Protocol!.Name);
        Client("\n");
        Assert.Equal(["> BETA x"], Log);
    }

    [Fact]
    public void Unknown_request_with_known_answer_is_replayed_from_its_beginning()
    {
        Begin();
        Client("what is this\n");
        Assert.Null(_session.Protocol);
        Assert.False(_client.ParsingDone);
        Server("alpha yes\n");
        Assert.Equal(["> what is this", "< alpha yes"], Log);
        Assert.True(_session.Events.Contains((int)AppLayerEvent.DetectProtocolOnlyOneDirection));
    }

    [Fact]
    public void Known_request_with_unknown_answer_is_still_parsed()
    {
        Begin();
        Client("ALPHA\n");
        Server("what is this\n");
        Assert.Equal(["> ALPHA", "< what is this"], Log);
        Assert.True(_session.Events.Contains((int)AppLayerEvent.DetectProtocolOnlyOneDirection));
    }

    [Fact]
    public void Side_that_never_spoke_is_no_other_protocol()
    {
        Begin();
        Client("ALPHA\n");
        _server.End();
        _layer.Advance(_flow, _session, Direction.ToClient, default, Completeness.Whole);
        Assert.True(_session.Events.IsEmpty);
        Assert.Equal(["> ALPHA", "< end"], Log);
    }

    [Fact]
    public void Two_unknown_sides_end_detection_and_let_go_of_the_bytes()
    {
        Begin();
        Client("who\n");
        Server("knows\n");
        Assert.True(_session.DetectionFailed);
        Assert.True(_client.ParsingDone && _server.ParsingDone);
    }

    [Fact]
    public void Sides_that_speak_different_protocols_are_told()
    {
        Begin();
        Client("ALPHA\n");
        Server("beta\n");
        Assert.True(_session.Events.Contains((int)AppLayerEvent.MismatchProtocolBothDirections));
        Assert.Equal("alpha", _session.Protocol!.Name);
        Assert.Equal("beta", _session.ProtocolToClient!.Name);
        Assert.Equal(["> ALPHA", "< beta"], Log);
    }

    [Fact]
    public void Server_that_speaks_first_where_the_client_has_to_is_not_parsed()
    {
        Begin();
        Server("alpha hello\n");
        Assert.True(_session.Events.Contains((int)AppLayerEvent.WrongDirectionFirstData));
        Assert.True(_session.DetectionFailed);
    }

    [Fact]
    public void Server_may_come_first_when_the_beginning_was_not_seen()
    {
        Begin();
        Server("alpha hello\n", Completeness.OneSided);
        Assert.Equal(["< alpha hello"], Log);
    }

    [Fact]
    public void Midstream_pickup_the_wrong_way_round_is_told_and_decided_after_the_turn()
    {
        Begin();
        Client("alpha answer\n", Completeness.Midstream);
        Assert.True(_session.LooksReversed);
        Assert.Null(_session.Protocol);
        _session.LooksReversed = false;
        (_session.SourceToServer, _session.SourceToClient) = (_session.SourceToClient, _session.SourceToServer);
        _layer.Advance(_flow, _session, Direction.ToClient, default, Completeness.Midstream);
        Assert.Equal(["< alpha answer"], Log);
    }

    [Fact]
    public void Silent_other_side_ends_detection_after_its_limit()
    {
        Begin();
        for (int i = 0; i <= AppLayer.SilentOtherSideLimit / 1000; i++) Client(new string('x', 1000));
        Assert.True(_session.Events.Contains((int)AppLayerEvent.ProtoDetectionSkipped));
        Assert.True(_session.DetectionFailed && _client.ParsingDone);
    }

    [Fact]
    public void Conversation_is_handed_over_when_the_next_bytes_come()
    {
        Begin();
        Client("ALPHA\n");
        Server("switch\n");
        Assert.Equal("alpha", _session.Protocol!.Name);
        Client("BETA new\n");
        Assert.Equal("beta", _session.Protocol!.Name);
        Assert.Equal("alpha", _session.Original!.Name);
        Assert.Equal(["> BETA new"], Log);
        Assert.Equal(0, _session.Parser!.Transactions[0].Id);
    }

    [Fact]
    public void Something_else_than_agreed_on_is_told()
    {
        Begin();
        Client("ALPHA\n");
        Server("switch beta\n");
        Client("ALPHA\n");
        Assert.True(_session.Events.Contains((int)AppLayerEvent.UnexpectedProtocol));
    }

    [Fact]
    public void What_no_detector_knows_is_not_missed()
    {
        Begin();
        Client("ALPHA\n");
        Server("switch gamma\n");
        Client("12345\n");
        Server("67890\n");
        Assert.False(_session.Events.Contains((int)AppLayerEvent.UnexpectedProtocol));
        Assert.True(_session.DetectionFailed);
    }

    [Fact]
    public void Nothing_known_after_a_hand_over_fails_detection_and_is_told()
    {
        Begin();
        Client("ALPHA\n");
        Server("switch tls\n");
        Client("12345\n");
        Server("67890\n");
        Assert.True(_session.Events.Contains((int)AppLayerEvent.NoTlsAfterStartTls));
        Assert.True(_session.DetectionFailed);
    }

    [Fact]
    public void Unconsumed_bytes_before_a_hole_are_counted_into_it()
    {
        Begin();
        Client("ALPHA\nhal");
        _client.Miss(10);
        Client("f\nnext\n");
        Assert.Equal(["> ALPHA", "> gap 13", "> f", "> next"], Log);
    }

    [Fact]
    public void Parser_is_not_called_without_something_new()
    {
        Begin();
        Client("ALPHA");
        int calls = ((EchoParser)_session.Parser!).Calls;
        for (int i = 0; i < 5; i++) _layer.Advance(_flow, _session, Direction.ToServer, default, Completeness.Whole);
        Assert.Equal(calls, ((EchoParser)_session.Parser!).Calls);
    }

    [Fact]
    public void End_is_told_once_after_the_last_byte()
    {
        Begin();
        Client("ALPHA\nunfinished");
        _client.End();
        for (int i = 0; i < 3; i++) _layer.Advance(_flow, _session, Direction.ToServer, default, Completeness.Whole);
        Assert.Equal(["> ALPHA", "> end"], Log);
        Assert.True(_client.ParsingDone);
    }

    [Fact]
    public void Malformed_side_is_given_up_and_the_other_goes_on()
    {
        Begin();
        Client("ALPHA\nbad\n");
        Assert.True(_session.ErrorToServer);
        Client("more\n");
        Server("alpha\n");
        Assert.Equal(["> ALPHA", "> bad", "> end", "< alpha"], Log);
    }

    [Fact]
    public void Finished_transactions_are_given_back_only_when_everyone_is_done()
    {
        Begin();
        Client("ALPHA\nsecond\n");
        Server("alpha\n");
        List<Transaction> open = _session.Parser!.Transactions;
        foreach (Transaction one in open) one.RequestInspected = one.ResponseInspected = true;
        _layer.Clean(_flow);
        Assert.Equal(2, open.Count);
        open[0].Logged = open[1].Logged = true;
        _layer.Clean(_flow);
        Assert.Equal(1, Assert.Single(open).Id);
    }

    [Fact]
    public void Disabled_protocol_is_not_found_and_detection_only_has_no_parser()
    {
        Begin(options: Settings(("app-layer.protocols.alpha.enabled", "no"), ("app-layer.protocols.beta.enabled", "detection-only")));
        Client("ALPHA\n");
        Assert.Null(_session.Protocol);
        var other = new AppSession { SourceToServer = new ScriptedSource(), SourceToClient = new ScriptedSource() };
        ((ScriptedSource)other.SourceToServer).Say("BETA\n");
        _layer.Advance(_flow, other, Direction.ToServer, default, Completeness.Whole);
        Assert.Equal("beta", other.Protocol!.Name);
        Assert.Null(other.Parser);
        Assert.True(other.SourceToServer.ParsingDone);
    }

    [Fact]
    public void Port_breaks_a_tie()
    {
        IAppProtocol[] same = [new EchoProtocol("one", "SAME", "same", 1), new EchoProtocol("two", "SAME", "same", 2)];
        Begin(same, Settings(("app-layer.protocols.two.detection-ports.dp", "[70-90, 443]")));
        Client("SAME\n");
        Assert.Equal("two", _session.Protocol!.Name);
    }

    [Fact]
    public void Datagrams_are_probed_until_the_limit_and_a_broken_one_ends_nothing()
    {
        var layer = new AppLayer(new ProtocolOptions(), NoFiles.Instance, Some());
        layer.ParseDatagram(_flow, "junk"u8, Direction.ToServer, default);
        layer.ParseDatagram(_flow, "BETA\n"u8, Direction.ToServer, default);
        layer.ParseDatagram(_flow, "bad\n"u8, Direction.ToServer, default);
        layer.ParseDatagram(_flow, "good\n"u8, Direction.ToServer, default);
        var session = (AppSession)_flow.Application!;
        Assert.Equal(["> BETA", "> bad", "> good"], ((EchoParser)session.Parser!).Log);
        layer.Release(_flow);
        Assert.Null(_flow.Application);
        for (int i = 0; i < AppLayer.MaximumProbedDatagrams; i++) layer.ParseDatagram(_flow, "junk"u8, Direction.ToServer, default);
        Assert.True(((AppSession)_flow.Application!).DetectionFailed);
    }

    [Fact]
    public void One_foreign_datagram_does_not_name_a_flow_at_a_port_with_a_protocol_of_its_own()
    {
        var layer = new AppLayer(new ProtocolOptions(), NoFiles.Instance, Some());
        layer.ParseDatagram(_flow, "BETA\n"u8, Direction.ToServer, default);
        layer.ParseDatagram(_flow, "ALPHA\n"u8, Direction.ToServer, default);
        Assert.Equal("alpha", ((AppSession)_flow.Application!).Protocol!.Name);
        layer.Release(_flow);
        layer.ParseDatagram(_flow, "BETA\n"u8, Direction.ToServer, default);
        layer.ParseDatagram(_flow, "BETA\n"u8, Direction.ToServer, default);
        Assert.Equal("beta", ((AppSession)_flow.Application!).Protocol!.Name);
    }

    [Fact]
    public void Catalog_fits_the_detector_and_every_protocol_is_consistent()
    {
        Assert.InRange(ProtocolCatalog.All.Count, 0, ProtocolDetector.MaximumProtocols);
        foreach (IAppProtocol protocol in ProtocolCatalog.All)
        {
            Assert.True(protocol.Events.Count <= 256, protocol.Name);
            Assert.Equal(protocol.Events.Count, protocol.Events.Distinct().Count());
            Assert.Equal(protocol.Buffers.Count, protocol.Buffers.Select(one => one.Name).Distinct().Count());
            Assert.True(protocol.RequestProgressNames.Count > protocol.RequestComplete, protocol.Name);
            Assert.True(protocol.ResponseProgressNames.Count > protocol.ResponseComplete, protocol.Name);
        }
    }

    private static ProtocolOptions Settings(params (string Key, string Value)[] settings) =>
        new() { Settings = settings.ToDictionary(one => one.Key, one => one.Value) };
}
