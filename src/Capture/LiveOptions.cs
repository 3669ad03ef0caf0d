namespace Sensor.Capture;

/// <summary>How an interface is captured.</summary>
public sealed record LiveOptions
{
    /// <summary>Network interface, as in <c>ip link</c>.</summary>
    public required string Interface { get; init; }

    /// <summary>Most bytes kept of a frame. 65535 holds what segmentation offload joins; a shorter one blinds the engine.</summary>
    public int SnapLength { get; init; } = 65535;

    /// <summary>Kernel buffer in bytes: half a second at 1 Gbps, so that a pause of this program loses nothing.</summary>
    public int KernelBuffer { get; init; } = 64 * 1024 * 1024;

    /// <summary>See frames that are not addressed to this host: what a mirror port is for.</summary>
    public bool Promiscuous { get; init; } = true;

    /// <summary>Longest time the kernel collects frames before it hands them over, in milliseconds.</summary>
    public int Timeout { get; init; } = 10;

    /// <summary>Hand over each frame at once: lower latency, many more wake-ups. Not for busy links.</summary>
    public bool Immediate { get; init; }

    /// <summary>Capture filter in pcap-filter(7) language, applied in the kernel; null for none. What it leaves out is not in the loss ledger.</summary>
    public string? Filter { get; init; }
}
