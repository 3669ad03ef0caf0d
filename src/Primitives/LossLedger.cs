namespace Sensor.Primitives;

/// <summary>
/// Where every frame ended: exactly one column each, so
/// <c>nic_missed + kernel_dropped + queue_full + undecodable + shed + inspected = seen</c>.
/// Published in stats and heartbeats and stamped on alerts.
/// </summary>
/// <param name="Seen">Frames that reached the interface or stood in the file.</param>
/// <param name="NicMissed">Frames the network card reported as missed.</param>
/// <param name="KernelDropped">Frames the kernel dropped because its capture buffer was full.</param>
/// <param name="QueueFull">Frames dropped because a worker's pipe was full.</param>
/// <param name="Undecodable">Frames whose link or network header could not be read.</param>
/// <param name="Shed">Frames skipped on purpose under load.</param>
/// <param name="Inspected">Frames that went through the engine.</param>
public readonly record struct LossLedger(
    long Seen, long NicMissed, long KernelDropped, long QueueFull, long Undecodable, long Shed, long Inspected)
{
    public long Lost => NicMissed + KernelDropped + QueueFull + Shed;

    /// <summary>True when the columns add up; frames still in a pipe make it false until they are drained.</summary>
    public bool Closes => NicMissed + KernelDropped + QueueFull + Undecodable + Shed + Inspected == Seen;
}
