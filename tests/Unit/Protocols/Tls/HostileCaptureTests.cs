using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Protocols.Dns;
using Sensor.Protocols.Tls;

namespace Sensor.Tests.Protocols;

/// <summary>Real conversations of name resolution and TLS, whole and damaged, fed to both parsers: nothing throws, every record can be written.</summary>
public sealed class HostileCaptureTests
{
    private static readonly string[] s_words = ["dns", "tls", "ssl", "https"];

    [SharedFact]
    public void Damaged_conversations_never_throw()
    {
        var random = new Random(5);
        int fed = 0;
        foreach (string path in Directory.EnumerateFiles(SharedMaterial.Path("captures", "malformed")).Order())
        {
            string name = Path.GetFileName(path);
            if (!name.Contains(".pcap", StringComparison.Ordinal) || name.EndsWith(".gz", StringComparison.Ordinal) || !Array.Exists(s_words, word => name.Contains(word, StringComparison.OrdinalIgnoreCase))) continue;
            foreach (CaptureConversations.Conversation talk in CaptureConversations.Read(path).All)
            {
                foreach (IAppProtocol protocol in new IAppProtocol[] { DnsProtocol.Dns, new TlsProtocol() })
                {
                    Feed(protocol, talk, bytes => bytes);
                    for (int round = 0; round < 5; round++) Feed(protocol, talk, bytes => Damage(bytes, random));
                    fed++;
                }
            }
        }

        Assert.True(fed > 40, $"only {fed} conversations were fed");
    }

    private static byte[] Damage(byte[] bytes, Random random)
    {
        byte[] bad = [.. bytes];
        for (int flips = 1 + (bad.Length / 100); flips > 0; flips--) bad[random.Next(bad.Length)] = (byte)random.Next(256);
        return bad;
    }

    private static void Feed(IAppProtocol protocol, CaptureConversations.Conversation talk, Func<byte[], byte[]> change)
    {
        var flow = new Flow { Slot = 0, IpProtocol = talk.Protocol };
        AppParser parser = protocol.CreateParser(new ProtocolOptions());
        var sides = new ParserFeeder(parser, flow, NoFiles.Instance);
        foreach ((Direction direction, byte[] bytes) in talk.Said)
        {
            if (bytes.Length > 0) sides.Add(direction, change(bytes));
        }

        sides.End(Direction.ToServer);
        sides.End(Direction.ToClient);
        using var writer = new Utf8JsonWriter(Stream.Null);
        foreach (Transaction transaction in parser.Transactions)
        {
            writer.Reset();
            writer.WriteStartObject();
            protocol.WriteRecord(writer, transaction, flow);
            writer.WriteEndObject();
            foreach (BufferDefinition buffer in protocol.Buffers)
            {
                for (int index = 0; buffer.Read(transaction, Direction.ToClient, index, out _) && buffer.IsMultiple; index++) { }
            }
        }

        parser.Reset();
    }
}
