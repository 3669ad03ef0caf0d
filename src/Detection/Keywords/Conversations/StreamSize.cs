using Sensor.Decode;
using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;
using Sensor.Streams;

namespace Sensor.Detection.Keywords.Conversations;

/// <summary><c>stream_size</c>: how much a side has sent, by its sequence numbers (user guide, "Flow Keywords").</summary>
internal static class StreamSize
{
    public static Keyword Keyword { get; } = new("stream_size", ValueUse.Required, "bytes a side has sent: stream_size:server,<,100;", Parse);

    private static void Parse(RuleBuilder rule, string value)
    {
        string[] parts = value.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length != 3) throw new RuleException($"cannot read stream_size \"{value}\": write stream_size:server,<,100;");
        if (parts[0] is not ("server" or "client" or "both" or "either")) throw new RuleException($"cannot read stream_size: side \"{parts[0]}\" is unknown; write server, client, both or either");
        rule.RequiresPacket = true;
        rule.AddTest(new Test(parts[0], NumberRange.Parse("stream_size", parts[1] + parts[2], uint.MaxValue)));
    }

    private sealed class Test(string side, NumberRange range) : PacketTest
    {
        public override bool Matches(InspectContext context, scoped ref PacketView packet)
        {
            if (context.Tcp is not { } tcp) return false;
            bool client = range.Contains(Sent(tcp.ToServer)), server = range.Contains(Sent(tcp.ToClient));
            return side switch { "client" => client, "server" => server, "both" => client && server, _ => client || server };
        }

        // The SYN takes one sequence number.
        private static ulong Sent(StreamHalf half) => (ulong)half.SentBytes + 1;
    }
}
