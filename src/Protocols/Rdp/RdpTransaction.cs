using Sensor.Primitives;

namespace Sensor.Protocols.Rdp;

/// <summary>Which message of the connection sequence a transaction is ([MS-RDPBCGR] section 1.3.1.1).</summary>
internal enum RdpMessage : byte { InitialRequest, InitialResponse, ConnectRequest, ConnectResponse }

/// <summary>One message of the connection sequence: complete at once, of one side.</summary>
public sealed class RdpTransaction : Transaction
{
    private const int TextLimit = 8 * 1024, MostChannels = 31;

    internal RdpTransaction(ByteSlab slab)
    {
        Text = new TextStore(slab, TextLimit);
        Channels = new TextList(Text, slab, MostChannels);
    }

    internal TextStore Text { get; }

    internal TextList Channels { get; }

    internal RdpMessage Message;

    internal TextRange Cookie;

    /// <summary>The client's core data, as it lies on the wire ([MS-RDPBCGR] section 2.2.1.3.2).</summary>
    internal TextRange Core;

    public override void Reset()
    {
        base.Reset();
        Text.Release();
        Channels.Release();
        Message = RdpMessage.InitialRequest;
        Cookie = Core = default;
    }
}
