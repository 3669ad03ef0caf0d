using System.Diagnostics;
using System.Text.Json;
using Sensor.Alerts;
using Sensor.Alerts.Eve;
using Sensor.Capture;
using Sensor.Engine.Configuration;
using Sensor.Primitives;

namespace Sensor.Engine;

/// <summary>Runs the whole road on capture files, without daemon, store or uplink: what ships, on bytes at rest.</summary>
public static class Replay
{
    /// <summary>Flows that short runs have room for from the start.</summary>
    private const int SmallFlows = 64;

    /// <summary>A seed that makes flow hash and ids the same in every run.</summary>
    private const ulong Seed = 0x5EED;

    /// <exception cref="ReplayException">The run could not be done; the message says what, where and what to do.</exception>
    public static ReplaySummary Run(ReplayOptions options, Action<string> progress, CancellationToken cancel)
    {
        try
        {
            SensorConfiguration configuration = Configure(options);
            long loadStart = Stopwatch.GetTimestamp();
            Knowledge knowledge = KnowledgeLoader.Load(configuration, options.SettingsFolder);
            TimeSpan loading = Stopwatch.GetElapsedTime(loadStart);
            progress($"{knowledge.Rules.Loaded} rules loaded, {knowledge.Rules.Failed.Count} refused, {knowledge.Lists.Count} list entries, in {loading.TotalSeconds:0.0} s");
            Directory.CreateDirectory(options.OutputFolder);
            return Play(options, configuration, knowledge, loading, progress, cancel);
        }
        catch (Exception problem) when (problem is CaptureException or ConfigurationException)
        {
            throw new ReplayException(problem.Message);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new ReplayException($"cannot write to {options.OutputFolder}: {problem.Message}");
        }
    }

    private static SensorConfiguration Configure(ReplayOptions options)
    {
        SensorConfiguration configuration = options.Configuration is { } file ? ConfigurationReader.Read(file) : new SensorConfiguration();
        foreach (string setting in options.Settings) ConfigurationReader.Set(configuration, setting);
        if (options.Rules.Count > 0) configuration.RuleFiles.Clear();
        foreach (string rules in options.Rules) configuration.RuleFiles.Add(rules);
        foreach (string list in options.Lists) configuration.ListFiles.Add(list);
        configuration.ValidateChecksums = options.ValidateChecksums;
        configuration.Workers = options.Workers;
        configuration.Inline = options.Inline;
        return configuration;
    }

    private static ReplaySummary Play(ReplayOptions options, SensorConfiguration configuration, Knowledge knowledge, TimeSpan loading, Action<string> progress, CancellationToken cancel)
    {
        EngineOptions engine = EngineOptions.From(configuration);
        if (options.Small) engine = engine.WithRoomFor(SmallFlows);
        engine = engine with
        {
            Flows = engine.Flows with { Seed = Seed, MaximumFlows = options.Small ? 4096 : engine.Flows.MaximumFlows },
            PipeBytes = options.Small ? 1 << 20 : engine.PipeBytes,
            Events = engine.Events with { PacketNumbers = true, Ethernet = options.Payload, Payload = options.Payload, PayloadPrintable = options.Payload, Packet = options.Payload, Verdict = options.Payload },
        };
        var source = new ReplaySource(options.Captures);
        using var queue = new EventQueue(new EventQueueOptions { Bytes = options.Small ? 1 << 20 : 32 << 20, WaitWhenFull = true });
        using var pipeline = new Pipeline(engine, source, knowledge.Rules, knowledge.Lists, queue, Seed);
        using var eve = new EveFile(new EveFileOptions { Path = Path.Combine(options.OutputFolder, "eve.json"), Truncate = true, RotateBytes = long.MaxValue, TotalBytes = long.MaxValue });
        var builder = new AlertRecordBuilder(HomeNetworks.Default, new LossMeter(() => pipeline.Ledger, TimeProvider.System), TimeProvider.System, "");
        using var events = new EventPump(queue, builder, "", [eve], (consumer, defect) => progress($"{consumer}: {defect.Message}"));
        using CancellationTokenRegistration stop = cancel.Register(pipeline.Stop);

        long start = Stopwatch.GetTimestamp();
        events.Start();
        pipeline.Start();
        pipeline.Join();
        TimeSpan running = Stopwatch.GetElapsedTime(start);
        events.Stop();
        if (eve.Problem is { } unwritten) throw new IOException(unwritten);
        if (eve.LinesLost > 0) throw new IOException($"the disk refused for a while, {eve.LinesLost} event records are missing; run the replay again");

        if (pipeline.Defect is { } defect) throw new InvalidOperationException("the engine broke on this capture", defect);
        foreach (string note in source.EndNotes) progress(note);
        if (pipeline.CaptureFailure is { } broken) progress(broken.Message);
        WorkerCounts counts = pipeline.Counts;
        WriteStatistics(options, pipeline, knowledge, loading, running);
        return new ReplaySummary
        {
            Packets = counts.Inspected + counts.Undecodable,
            Bytes = counts.Bytes,
            EngineSeconds = running.TotalSeconds,
            RulesLoaded = knowledge.Rules.Loaded,
            RulesFailed = knowledge.Rules.Failed.Count,
            Alerts = counts.Alerts,
        };
    }

    private static void WriteStatistics(ReplayOptions options, Pipeline pipeline, Knowledge knowledge, TimeSpan loading, TimeSpan running)
    {
        WorkerCounts counts = pipeline.Counts;
        LossLedger ledger = pipeline.Ledger;
        using FileStream file = File.Create(Path.Combine(options.OutputFolder, "stats.json"));
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("packets", counts.Inspected + counts.Undecodable);
        json.WriteNumber("bytes", counts.Bytes);
        json.WriteNumber("engine_seconds", Math.Round(running.TotalSeconds, 6));
        json.WriteNumber("load_seconds", Math.Round(loading.TotalSeconds, 6));
        json.WriteNumber("allocated_bytes_on_workers", counts.AllocatedBytes);
        json.WriteNumber("warm_up_packets", counts.WarmUpPackets);
        json.WriteNumber("alerts", counts.Alerts);
        json.WriteNumber("rules_loaded", knowledge.Rules.Loaded);
        json.WriteNumber("rules_failed", knowledge.Rules.Failed.Count);
        json.WriteStartObject("ledger");
        json.WriteNumber("seen", ledger.Seen);
        json.WriteNumber("inspected", ledger.Inspected);
        json.WriteNumber("nic_missed", ledger.NicMissed);
        json.WriteNumber("kernel_dropped", ledger.KernelDropped);
        json.WriteNumber("queue_full", ledger.QueueFull);
        json.WriteNumber("undecodable", ledger.Undecodable);
        json.WriteNumber("shed", ledger.Shed);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
