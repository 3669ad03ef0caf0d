using Sensor.Protocols.Fields;
using Sensor.Protocols.Tls;

namespace Sensor.Protocols.Quic;

/// <summary>What the QUIC parsers of one worker share.</summary>
internal sealed class QuicMemory
{
    public QuicMemory() => Transactions = new(slab => new QuicTransaction(slab), mostBytes: QuicLimits.WorkerBytes);

    public required TlsSettings Settings { get; init; }

    public TransactionPool<QuicTransaction> Transactions { get; }

    public HelloLists Lists { get; } = new();

    /// <summary>A packet's header without its protection, its content, and room to check it: used while one packet is read.</summary>
    public byte[] Header { get; } = new byte[QuicPacket.LongestDatagram];

    public byte[] Again { get; } = new byte[QuicPacket.LongestDatagram];

    public byte[] Content { get; } = new byte[QuicPacket.LongestDatagram];
}
