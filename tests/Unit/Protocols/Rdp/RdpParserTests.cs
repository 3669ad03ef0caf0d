using System.Buffers.Binary;
using System.Text;
using Sensor.Primitives;
using Sensor.Protocols.Rdp;
using Sensor.Tests.Support;
using Xunit;

namespace Sensor.Tests.Protocols.Rdp;

public sealed class RdpParserTests
{
    private static byte[] Packet(params byte[] content) => [3, 0, (byte)((content.Length + 4) >> 8), (byte)(content.Length + 4), .. content];

    private static byte[] Request => Packet([14 + 17, 0xe0, 0, 0, 0, 0, 0, .. "Cookie: mstshash=user\r\n\0\0"u8]);

    private static byte[] Confirmation(byte protocol) => Packet(14, 0xd0, 0, 0, 0, 0, 0, 2, 0, 8, 0, protocol, 0, 0, 0);

    private static byte[] Settings()
    {
        byte[] core = new byte[216], network = [0x03, 0xc0, 8 + 24, 0, 2, 0, 0, 0, .. "rdpdr\0\0\0"u8, 0, 0, 0, 0, .. "cliprdr\0"u8, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16LittleEndian(core, 0xc001);
        BinaryPrimitives.WriteUInt16LittleEndian(core.AsSpan(2), (ushort)core.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(core.AsSpan(4), 0x00080004);
        BinaryPrimitives.WriteUInt16LittleEndian(core.AsSpan(8), 1024);
        BinaryPrimitives.WriteUInt32LittleEndian(core.AsSpan(20), 2600);
        Encoding.Unicode.GetBytes("HOST").CopyTo(core, 24);
        core[144] = 5;
        return Packet([2, 0xf0, 0x80, 0x7f, 0x65, 0x82, 1, 2, .. "Duca"u8, 0x80, (byte)(core.Length + network.Length), .. core, .. network]);
    }

    private static readonly (Direction, byte[])[] Exchange =
    [
        (Direction.ToServer, Request), (Direction.ToClient, Confirmation(0)), (Direction.ToServer, Settings()), (Direction.ToClient, Packet(2, 0xf0, 0x80, 0x7f, 0x66, 0)),
        (Direction.ToServer, Packet(2, 0xf0, 0x80, 4, 1)), (Direction.ToClient, Packet(2, 0xf0, 0x80, 1)),
    ];

    [Fact]
    public void Connection_sequence_is_told_the_same_however_it_arrives()
    {
        string all = new ParserDuties(new RdpProtocol(), Exchange).Transcript().AssertSameAtEverySplit();
        Assert.Contains("{\"rdp\":{\"tx_id\":0,\"event_type\":\"initial_request\",\"cookie\":\"user\"}}", all);
        Assert.Contains("\"tx_id\":1,\"event_type\":\"initial_response\"", all);
        Assert.Contains("\"event_type\":\"connect_request\",\"client\":{\"version\":\"v5\",\"desktop_width\":1024,", all);
        Assert.Contains("\"build\":\"Windows XP\",\"client_name\":\"HOST\"", all);
        Assert.Contains("\"capabilities\":[\"support_errinfo_pdf\",\"support_statusinfo_pdu\"]", all);
        Assert.Contains("\"channels\":[\"rdpdr\",\"cliprdr\"]", all);
        Assert.Contains("\"tx_id\":3,\"event_type\":\"connect_response\"", all);
    }

    [Fact]
    public void Agreed_encryption_hands_over_to_tls() =>
        Assert.Contains("hands over to \"tls\"", new ProtocolTranscript(new RdpProtocol()).Client(Request).Server(Confirmation(1)).AssertSameAtEverySplit());

    [Fact]
    public void Duties_are_kept() => new ParserDuties(new RdpProtocol(), Exchange).AssertAll();

    [Fact]
    public void Probe_knows_requests_and_confirmations()
    {
        var protocol = new RdpProtocol();
        Assert.Equal(ParseStatus.Done, protocol.Probe(Request, Direction.ToServer));
        Assert.Equal(ParseStatus.Malformed, protocol.Probe(Request, Direction.ToClient));
        Assert.Equal(ParseStatus.NeedMore, protocol.Probe([3, 0, 0], Direction.ToServer));
        Assert.Equal(ParseStatus.Malformed, protocol.Probe("GET / HTTP/1.1"u8, Direction.ToServer));
    }
}
