using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Reputation;

/// <summary>One thing to look up in a protocol's transactions, found by the names of the buffers it declares.</summary>
internal sealed record TransactionLookup(ReputationKind Kind, BufferDefinition Buffer, BufferDefinition? Path, uint Bit)
{
    /// <summary>Instances of a multi-buffer looked up at most; a DNS message with more questions than this is not an ordinary one.</summary>
    public const int MaximumInstances = 32;

    // Which declared buffers are looked up in which list. A new protocol's buffer joins by one line.
    private static readonly (string Buffer, ReputationKind Kind)[] Known =
    [
        ("http.host", ReputationKind.Host),
        ("http.host", ReputationKind.Url),
        ("dns.query", ReputationKind.Host),
        ("tls.sni", ReputationKind.Host),
        ("ja3.hash", ReputationKind.Ja3),
        ("ja4.hash", ReputationKind.Ja4),
    ];

    public static TransactionLookup[] For(IAppProtocol protocol)
    {
        var lookups = new List<TransactionLookup>();
        BufferDefinition? path = protocol.Buffers.FirstOrDefault(buffer => buffer.Name == "http.uri.raw");
        foreach ((string name, ReputationKind kind) in Known)
        {
            if (protocol.Buffers.FirstOrDefault(buffer => buffer.Name == name) is not { } buffer) continue;
            if (kind == ReputationKind.Url && path is null) continue;
            lookups.Add(new TransactionLookup(kind, buffer, path, 1u << lookups.Count));
        }

        return [.. lookups];
    }

    public bool IsDue(Transaction transaction, Direction direction) =>
        (Buffer.Side ?? direction) == direction
        && transaction.Progress(direction) >= (direction == Direction.ToServer ? Buffer.RequestProgress : Buffer.ResponseProgress);
}
