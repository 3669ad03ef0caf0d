using Sensor.Primitives;

namespace Sensor.Protocols.Rfb;

/// <summary>How far a side has come.</summary>
internal static class RfbProgress
{
    public const int Started = 0, Security = 1, Authenticated = 2, Complete = 3;
}

/// <summary>One remote desktop connection up to the server's description of its screen.</summary>
public sealed class RfbTransaction : Transaction
{
    private const int TextLimit = 8 * 1024;

    internal RfbTransaction(ByteSlab slab) => Text = new TextStore(slab, TextLimit);

    internal TextStore Text { get; }

    internal TextRange ServerVersion, ClientVersion, Challenge, Response, Name, PixelFormat;

    /// <summary>The security type in use (RFC 6143 section 7.2), -1 before.</summary>
    public int SecurityType = -1;

    /// <summary>0 for success (RFC 6143 section 7.1.3), -1 before.</summary>
    public long SecurityResult = -1;

    public int Width, Height;
    internal bool HasScreen, HasShared, IsShared;

    internal void Raise(RfbEvent what) => Events.Add((int)what);

    public override void Reset()
    {
        base.Reset();
        Text.Release();
        ServerVersion = ClientVersion = Challenge = Response = Name = PixelFormat = default;
        SecurityType = -1;
        SecurityResult = -1;
        Width = Height = 0;
        HasScreen = HasShared = IsShared = false;
    }
}

/// <summary>What can be wrong; rules name them <c>app-layer-event:rfb.…</c>.</summary>
public enum RfbEvent : byte
{
    MalformedMessage,
    UnimplementedSecurityType,
    UnknownSecurityResult,
    ConfusedState,
}
