using Sensor.Primitives;
using Sensor.Protocols.Rfb;
using Sensor.Tests.Support;
using Xunit;
using static Sensor.Tests.Protocols.ParserDuties;

namespace Sensor.Tests.Protocols.Rfb;

public sealed class RfbParserTests
{
    private static readonly byte[] Screen = [5, 0, 3, 32, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0, 0, 0, 0, 4, .. "desk"u8];

    private static readonly (Direction, byte[])[] Exchange =
    [
        Server("RFB 003.008\n"), Client("RFB 003.008\n"), (Direction.ToClient, [2, 2, 1]), (Direction.ToServer, [2]),
        (Direction.ToClient, [.. Enumerable.Repeat((byte)0xab, 16)]), (Direction.ToServer, [.. Enumerable.Repeat((byte)0xcd, 16)]),
        (Direction.ToClient, [0, 0, 0, 0]), (Direction.ToServer, [1]), (Direction.ToClient, [.. Screen, 9, 9, 9]), (Direction.ToServer, [3, 1]),
    ];

    [Fact]
    public void Handshake_is_read_the_same_however_it_arrives()
    {
        string all = new ParserDuties(new RfbProtocol(), Exchange).Transcript().AssertSameAtEverySplit();
        Assert.Contains("rfb.name ToClient [0] @0: desk", all);
        Assert.Contains("\"server_protocol_version\":{\"major\":\"003\",\"minor\":\"008\"}", all);
        Assert.Contains("\"security_type\":2", all);
        Assert.Contains("\"security_result\":\"OK\"", all);
        Assert.Contains("\"screen_shared\":true,\"framebuffer\":{\"width\":1280,\"height\":800,\"name\":\"desk\",\"pixel_format\":{\"bits_per_pixel\":32", all);
    }

    [Fact]
    public void Handshake_without_security_states_no_result()
    {
        string all = new ProtocolTranscript(new RfbProtocol()).Server("RFB 003.007\n").Client("RFB 003.007\n").Server(1, 1).Client(1).Client(1).Server(Screen).AssertSameAtEverySplit();
        Assert.Contains("\"security_type\":1}", all);
        Assert.Contains("\"name\":\"desk\"", all);
    }

    [Fact]
    public void Duties_are_kept() => new ParserDuties(new RfbProtocol(), Exchange).AssertAll();
}
