using System.Diagnostics;
using System.Reflection;
using Sensor.Cloud;
using Sensor.Engine;

namespace Sensor.Daemon;

/// <summary>What heartbeats say about the box.</summary>
internal static class StateReport
{
    public static string Version { get; } = typeof(StateReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private static readonly string BootId = ReadBootId();

    public static SensorState Make(SensorDaemon daemon)
    {
        using Process self = Process.GetCurrentProcess();
        WorkerCounts counts = daemon.Pipeline.Counts;
        TimeSpan uptime = DateTimeOffset.UtcNow - daemon.StartedAt;
        return new SensorState
        {
            Version = Version,
            Name = daemon.Configuration.SensorName,
            RuleVersion = daemon.Knowledge.Version,
            RulesLoaded = daemon.Knowledge.Rules.Loaded,
            RulesFailed = daemon.Knowledge.Rules.Failed.Count,
            Ledger = daemon.Pipeline.Ledger,
            Cpu = uptime > TimeSpan.Zero ? self.TotalProcessorTime / uptime / Environment.ProcessorCount : 0,
            MemoryBytes = self.WorkingSet64,
            Workers = daemon.Configuration.EffectiveWorkers,
            Flows = counts.ActiveFlows,
            SpoolBytes = daemon.Spool.Status.DiskBytes,
            SpoolDropped = daemon.Spool.Status.Dropped,
            Uptime = uptime,
            BootId = BootId,
            CaptureState = daemon.CaptureState,
            CaptureInterface = daemon.SourceName,
        };
    }

    private static string ReadBootId()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
