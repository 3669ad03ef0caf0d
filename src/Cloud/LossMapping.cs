using Sensor.Primitives;
using Sensor.Wire;

namespace Sensor.Cloud;

/// <summary>The loss ledger in the wire's words.</summary>
internal static class LossMapping
{
    public static Loss ToWire(LossLedger ledger) => new()
    {
        Seen = (ulong)ledger.Seen,
        NicMissed = (ulong)ledger.NicMissed,
        KernelDropped = (ulong)ledger.KernelDropped,
        QueueFull = (ulong)ledger.QueueFull,
        Undecodable = (ulong)ledger.Undecodable,
        Shed = (ulong)ledger.Shed,
        Inspected = (ulong)ledger.Inspected,
    };
}
