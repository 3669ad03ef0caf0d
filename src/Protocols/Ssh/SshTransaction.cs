using Sensor.Primitives;

namespace Sensor.Protocols.Ssh;

/// <summary>How far a side has come.</summary>
internal static class SshProgress
{
    public const int Started = 0, Banner = 1, KeyExchange = 2, Finished = 3;
}

/// <summary>What one side said of itself.</summary>
internal struct SshPeer
{
    public TextRange Version, Software, HasshText, Hassh;
}

/// <summary>One connection: there is one transaction from its first byte to the end of its handshake, or of itself.</summary>
public sealed class SshTransaction : Transaction
{
    /// <summary>Two banners and two fingerprints.</summary>
    private const int TextLimit = 128 * 1024;

    private SshPeer _client, _server;

    internal SshTransaction(ByteSlab slab) => Text = new TextStore(slab, TextLimit);

    internal TextStore Text { get; }

    internal ref SshPeer Peer(Direction direction)
    {
        if (direction == Direction.ToServer) return ref _client;
        return ref _server;
    }

    /// <summary>The protocol version in the banner of the side that sends in this direction.</summary>
    public ReadOnlySpan<byte> Version(Direction direction) => Text[Peer(direction).Version];

    public ReadOnlySpan<byte> Software(Direction direction) => Text[Peer(direction).Software];

    internal void Raise(SshEvent what) => Events.Add((int)what);

    internal void Advance(Direction direction, int progress)
    {
        if (direction == Direction.ToServer) RequestProgress = Math.Max(RequestProgress, progress);
        else ResponseProgress = Math.Max(ResponseProgress, progress);
    }

    public override void Reset()
    {
        base.Reset();
        Text.Release();
        _client = _server = default;
    }
}
