using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Xunit;

namespace Sensor.Tests.Support;

/// <summary>Conversations with bytes changed, cut out and doubled: a parser may call them what it likes, but it may not throw.</summary>
public static class Mutations
{
    private const int Rounds = 3000, Seed = 20_240_717;

    /// <param name="valid">A valid conversation, tried once, so that a parser that refuses everything does not pass.</param>
    /// <param name="client">What the client says, to be changed.</param>
    /// <param name="ipProtocol">17 feeds each side as one datagram.</param>
    public static void Try(IAppProtocol protocol, Func<ProtocolTranscript> valid, byte[] client, byte[] server, byte ipProtocol = 6)
    {
        if (ipProtocol == 6) valid().Inspect((parser, _) => Assert.NotEmpty(parser.Transactions));
        var random = new Random(Seed);
        AppParser parser = protocol.CreateParser(new ProtocolOptions());
        var flow = new Flow { Slot = 0, IpProtocol = ipProtocol };
        for (int round = 0; round < Rounds; round++)
        {
            var feeder = new ParserFeeder(parser, flow, NoFiles.Instance);
            feeder.Add(Direction.ToServer, Change(client, random));
            feeder.Add(Direction.ToClient, Change(server, random));
            if (random.Next(4) == 0) feeder.Miss(Direction.ToServer, random.Next(1, 100_000));
            feeder.Add(Direction.ToServer, Change(client, random));
            feeder.End(Direction.ToServer);
            feeder.End(Direction.ToClient);
            ReadEverything(protocol, parser, flow);
            parser.Reset();
        }
    }

    private static void ReadEverything(IAppProtocol protocol, AppParser parser, Flow flow)
    {
        using var stream = new MemoryStream();
        using var writer = new System.Text.Json.Utf8JsonWriter(stream);
        writer.WriteStartArray();
        foreach (Transaction one in parser.Transactions)
        {
            writer.WriteStartObject();
            protocol.WriteRecord(writer, one, flow);
            writer.WriteEndObject();
            foreach (BufferDefinition buffer in protocol.Buffers)
            {
                for (int index = 0; index < 10_000 && buffer.Read(one, buffer.Side ?? Direction.ToServer, index, out _); index++) { }
            }
        }

        writer.WriteEndArray();
    }

    private static byte[] Change(byte[] bytes, Random random)
    {
        List<byte> changed = [.. bytes];
        for (int changes = random.Next(0, 6); changes > 0 && changed.Count > 4; changes--)
        {
            int at = random.Next(changed.Count);
            switch (random.Next(5))
            {
                case 0: changed[at] = (byte)random.Next(256); break;
                case 1: changed[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: changed[at] = 0xff; break;
                case 3: changed.RemoveRange(at, Math.Min(random.Next(1, 20), changed.Count - at)); break;
                default: changed.InsertRange(at, changed.GetRange(at, Math.Min(random.Next(1, 20), changed.Count - at))); break;
            }
        }

        return [.. changed];
    }
}
