using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Xunit;

namespace Sensor.Tests.Support;

/// <summary>
/// The trials that every parser has to pass beside the every-split test of <see cref="ProtocolTranscript"/>: hostile
/// bytes never throw, memory stays flat on one-sided and never-ending conversations, and bytes are not looked at twice.
/// </summary>
public static class ParserTrials
{
    /// <summary>Feeds random changes of a message, cut at random places, in both directions. Whatever comes of it, nothing throws and everything is given back.</summary>
    public static void NeverThrows(IAppProtocol protocol, byte ipProtocol, IReadOnlyList<byte[]> seeds, int rounds = 2000)
    {
        var random = new Random(20260101);
        AppParser parser = protocol.CreateParser(new ProtocolOptions());
        var flow = new Flow { Slot = 0, IpProtocol = ipProtocol };
        for (int round = 0; round < rounds; round++)
        {
            byte[] bytes = Mutate(random, seeds[random.Next(seeds.Count)]);
            Direction direction = random.Next(2) == 0 ? Direction.ToServer : Direction.ToClient;
            protocol.Probe(bytes, direction);
            if (ipProtocol == 17) parser.Parse(bytes, Context(flow, direction));
            else Feed(parser, flow, random, bytes, direction);
            Read(protocol, parser, flow);
            if (random.Next(4) == 0) parser.Reset();
        }

        parser.Reset();
        Assert.Empty(parser.Transactions);
    }

    /// <summary>
    /// Says the same message again and again on one side, never answered. After the warm-up nothing more may be
    /// allocated, and open transactions stay below the limit.
    /// </summary>
    public static void StaysFlat(IAppProtocol protocol, byte ipProtocol, Direction direction, Func<int, byte[]> message, int mostOpen = 1024, bool inspects = false)
    {
        AppParser parser = protocol.CreateParser(new ProtocolOptions());
        var flow = new Flow { Slot = 0, IpProtocol = ipProtocol };
        byte[][] messages = [.. Enumerable.Range(0, 4096).Select(message)];
        ParseContext context = Context(flow, direction);
        for (int i = 0; i < messages.Length; i++) Say(parser, messages[i], context, inspects);
        long least = long.MaxValue;
        for (int round = 0; round < 3 && least > 0; round++)
        {
            // The runtime may allocate once when it replaces a method; what a parser keeps, it keeps in every round.
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < messages.Length; i++) Say(parser, messages[i], context, inspects);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
        Assert.True(parser.Transactions.Count <= mostOpen, $"{parser.Transactions.Count} transactions are open");
        parser.Reset();
    }

    /// <summary>A stream parser takes every byte it was shown, so that none is looked at again.</summary>
    public static void TakesEverything(IAppProtocol protocol, Direction direction, byte[] conversation)
    {
        AppParser parser = protocol.CreateParser(new ProtocolOptions());
        var flow = new Flow { Slot = 0, IpProtocol = 6 };
        var feeder = new ParserFeeder(parser, flow, NoFiles.Instance);
        foreach (byte one in conversation) feeder.Add(direction, [one]);
        Assert.False(feeder.IsBroken(direction));
        Assert.Equal(conversation.Length, feeder.Parses);
        Assert.True(feeder.MostUnread == 0, $"{feeder.MostUnread} bytes were left to be shown again");
        parser.Reset();
    }

    private static void Say(AppParser parser, byte[] message, in ParseContext context, bool inspects)
    {
        parser.Parse(message, context);
        if (!inspects) return;
        while (parser.Transactions.Count > 0)
        {
            Transaction last = parser.Transactions[^1];
            parser.Transactions.RemoveAt(parser.Transactions.Count - 1);
            parser.Release(last);
        }
    }

    private static ParseContext Context(Flow flow, Direction direction) => new() { Flow = flow, Direction = direction, Time = default, Files = NoFiles.Instance };

    private static void Feed(AppParser parser, Flow flow, Random random, byte[] bytes, Direction direction)
    {
        var feeder = new ParserFeeder(parser, flow, NoFiles.Instance);
        for (int at = 0; at < bytes.Length;)
        {
            int length = Math.Min(bytes.Length - at, 1 + random.Next(64));
            feeder.Add(direction, bytes.AsSpan(at, length));
            at += length;
            if (random.Next(20) == 0) feeder.Miss(direction, random.Next(1, 500));
        }

        if (random.Next(3) == 0) feeder.End(direction);
    }

    /// <summary>Everything that rules and records read is read.</summary>
    private static void Read(IAppProtocol protocol, AppParser parser, Flow flow)
    {
        using var stream = new MemoryStream();
        using var writer = new System.Text.Json.Utf8JsonWriter(stream);
        writer.WriteStartObject();
        foreach (Transaction one in parser.Transactions)
        {
            foreach (BufferDefinition buffer in protocol.Buffers)
            {
                for (int index = 0; index < 8 && buffer.Read(one, Direction.ToServer, index, out BufferView view) && view.Bytes.Length >= 0; index++) { }
                for (int index = 0; index < 8 && buffer.Read(one, Direction.ToClient, index, out BufferView view) && view.Bytes.Length >= 0; index++) { }
            }

            writer.WriteStartObject(one.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
            protocol.WriteRecord(writer, one, flow);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static byte[] Mutate(Random random, byte[] seed)
    {
        byte[] bytes = [.. seed];
        int changes = random.Next(6);
        for (int i = 0; i < changes && bytes.Length > 0; i++)
        {
            int at = random.Next(bytes.Length);
            bytes = random.Next(5) switch
            {
                0 => [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(1, 9))..]],
                1 => [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]],
                2 => [.. bytes[..at]],
                3 => [.. bytes, .. bytes[at..]],
                _ => [.. bytes[..at], (byte)random.Next(256), .. bytes[(at + 1)..]],
            };
        }

        return bytes;
    }
}
