using Sensor.Primitives;

namespace Sensor.Flows;

/// <summary>
/// One list per kind of flow, oldest first, so that both "who is idle too long" and "who goes first when it gets
/// tight" look at one element. Links are slot numbers inside the flows; moving one costs a few stores.
/// </summary>
internal sealed class AgeLists(FlowOptions options, FlowSlab slab)
{
    /// <summary>Order is value: when the table is full, the oldest of the first list that has one goes.</summary>
    internal enum Kind : byte
    {
        OtherNew, UdpNew, IcmpNew, TcpNew, Bypassed, TcpClosed, OtherEstablished, IcmpEstablished, UdpEstablished, TcpEstablished,
    }

    public const int Count = 10;
    public const int None = -1;

    private readonly int[] _oldest = Filled();
    private readonly int[] _newest = Filled();

    // Nanoseconds, by kind.
    private readonly long[] _idle =
    [
        Nanoseconds(options.DefaultNew), Nanoseconds(options.UdpNew), Nanoseconds(options.IcmpNew), Nanoseconds(options.TcpNew),
        Nanoseconds(options.Bypassed), Nanoseconds(options.TcpClosed), Nanoseconds(options.DefaultEstablished),
        Nanoseconds(options.IcmpEstablished), Nanoseconds(options.UdpEstablished), Nanoseconds(options.TcpEstablished),
    ];

    public int Oldest(int list) => _oldest[list];

    /// <summary>Nanoseconds a flow of that list may be idle.</summary>
    public long IdleLimit(int list) => _idle[list];

    /// <summary>The list a flow belongs to by its protocol and state.</summary>
    public static byte ListOf(Flow flow) => (byte)((flow.State, flow.IpProtocol) switch
    {
        (FlowState.Bypassed, _) => Kind.Bypassed,
        (FlowState.New, Protocol.Tcp) => Kind.TcpNew,
        (FlowState.New, Protocol.Udp) => Kind.UdpNew,
        (FlowState.New, Protocol.Icmp or Protocol.IcmpV6) => Kind.IcmpNew,
        (FlowState.New, _) => Kind.OtherNew,
        (FlowState.Closed, _) => Kind.TcpClosed,
        (_, Protocol.Tcp) => Kind.TcpEstablished,
        (_, Protocol.Udp) => Kind.UdpEstablished,
        (_, Protocol.Icmp or Protocol.IcmpV6) => Kind.IcmpEstablished,
        _ => Kind.OtherEstablished,
    });

    public void AddNewest(Flow flow, byte list)
    {
        flow.AgeList = list;
        flow.Newer = None;
        flow.Older = _newest[list];
        if (flow.Older == None) _oldest[list] = flow.Slot;
        else slab.At(flow.Older).Newer = flow.Slot;
        _newest[list] = flow.Slot;
    }

    public void Remove(Flow flow)
    {
        if (flow.Older == None) _oldest[flow.AgeList] = flow.Newer;
        else slab.At(flow.Older).Newer = flow.Newer;
        if (flow.Newer == None) _newest[flow.AgeList] = flow.Older;
        else slab.At(flow.Newer).Older = flow.Older;
    }

    /// <summary>The flow was just seen, or has changed its state: last place of its list.</summary>
    public void Renew(Flow flow)
    {
        byte list = ListOf(flow);
        if (list == flow.AgeList && flow.Newer == None) return;
        Remove(flow);
        AddNewest(flow, list);
    }

    /// <summary>How long the flow has been idle at that moment; negative when time went backwards.</summary>
    public static long Idle(Flow flow, PacketTime now) => now.Nanoseconds - flow.Touched.Nanoseconds;

    private static long Nanoseconds(TimeSpan span) => span.Ticks * 100;

    private static int[] Filled()
    {
        int[] lists = new int[Count];
        Array.Fill(lists, None);
        return lists;
    }
}
