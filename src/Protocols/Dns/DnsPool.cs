using Sensor.Primitives;

namespace Sensor.Protocols.Dns;

/// <summary>
/// What the DNS parsers of one worker share. Tens of thousands of flows speak DNS, but a message lives only until it
/// is inspected: its memory is lent for that time, not owned by each flow.
/// </summary>
internal sealed class DnsPool
{
    /// <summary>Messages of one worker that wait for inspection. Beyond it a message is passed over, with an event.</summary>
    public const int MostMessages = 65_536;

    /// <summary>Bytes of names, texts and records of one worker. Beyond it messages are cut, with an event.</summary>
    public const long MostText = 64L * 1024 * 1024;

    public DnsPool(ProtocolOptions options)
    {
        Text = new ByteSlab(MostText);
        // A message is gone when it has been inspected: few are open at once, however many flows there are.
        int expected = options.Expected(1.0 / 32);
        Text.Stock(ByteSlab.SmallestBlock, 4 * expected);
        Text.Stock(4 * ByteSlab.SmallestBlock, expected / 2);
        Messages = new ObjectSlab<DnsTransaction>(() => new DnsTransaction(Text), expected, MostMessages);
    }

    public ByteSlab Text { get; }

    public ObjectSlab<DnsTransaction> Messages { get; }
}
