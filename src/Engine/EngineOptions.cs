using Sensor.Alerts.Eve;
using Sensor.Decode;
using Sensor.Detection;
using Sensor.Engine.Configuration;
using Sensor.Files;
using Sensor.Flows;
using Sensor.Protocols;
using Sensor.Streams;

namespace Sensor.Engine;

/// <summary>The settings of every room on the packet's road, made once from a configuration.</summary>
public sealed record EngineOptions
{
    public DecodeOptions Decode { get; init; } = new();
    public FlowOptions Flows { get; init; } = new();
    public StreamOptions Streams { get; init; } = new();
    public ProtocolOptions Protocols { get; init; } = new();
    public FileTrackerOptions Files { get; init; } = new();
    public DetectionOptions Detection { get; init; } = new();
    public EventWriterOptions Events { get; init; } = new();

    /// <summary>
    /// Flows a worker has room for from the start, with all that rooms keep of them: 95 MB in all, more than a third of it
    /// byte blocks, which take no memory of the machine until they are used. Office traffic at 60 Mbps holds 1300 flows
    /// after 5 s; beyond this number pools grow as they are needed, up to their limits.
    /// </summary>
    public const int ExpectedFlows = 16_384;

    /// <summary>Worker threads.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Bytes of frames that may wait for each worker.</summary>
    public long PipeBytes { get; init; } = Capture.FramePipe.DefaultLimit;

    /// <summary>Adds what the rules cannot do without: checksums looked at. (Digests of files follow rules and lists in the worker.)</summary>
    public EngineOptions For(RuleSet rules) => this with
    {
        Decode = Decode with { ValidateChecksums = Decode.ValidateChecksums || rules.AsksChecksums },
    };

    /// <summary>The same with rooms that have place for that many flows from the start.</summary>
    public EngineOptions WithRoomFor(int flows) => this with
    {
        Flows = Flows with { InitialFlows = flows },
        // TCP is somewhat less than half of an office's flows.
        Streams = Streams with { InitialSessions = flows * 5 / 8 },
        Protocols = Protocols with { ExpectedFlows = flows },
        Detection = Detection with { InitialFlowStates = flows },
    };

    public static EngineOptions From(SensorConfiguration configuration)
    {
        var settings = new Dictionary<string, string>(configuration.EngineSettings);
        bool inline = configuration.Inline;
        return new EngineOptions
        {
            Decode = DecodeOptions.FromSettings(settings) with { ValidateChecksums = configuration.ValidateChecksums },
            Flows = FlowOptions.FromSettings(settings),
            Streams = StreamsOf(configuration, settings),
            Protocols = new ProtocolOptions { Settings = settings },
            Files = new FileTrackerOptions { Hashes = ShownHashes(settings) },
            Detection = DetectionOptions.FromSettings(settings, inline),
            Events = EventsOf(configuration, settings),
            Workers = configuration.EffectiveWorkers,
            PipeBytes = configuration.QueueBytes,
        }.WithRoomFor(Expected(settings));
    }

    /// <summary>
    /// Digests that file records show in any case (<c>force-hash</c> of the reference engine's eve-log files; names of
    /// digests with commas, or <c>none</c>): SHA-256 when nothing is said.
    /// </summary>
    private static FileHashes ShownHashes(Dictionary<string, string> settings)
    {
        if (!settings.TryGetValue("files.force-hash", out string? names)) return FileHashes.Sha256;
        var hashes = FileHashes.None;
        foreach (string name in names.Split([',', ' ', '[', ']'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (Enum.TryParse(name, ignoreCase: true, out FileHashes hash)) hashes |= hash;
        }

        return hashes;
    }

    // The reference engine's key; what cannot be read keeps the default.
    private static int Expected(Dictionary<string, string> settings) =>
        int.TryParse(settings.GetValueOrDefault("flow.prealloc"), System.Globalization.CultureInfo.InvariantCulture, out int flows) && flows >= 0 ? flows : ExpectedFlows;

    /// <summary>Checksums nobody looked at cannot be wrong, whatever the streams were told about them.</summary>
    private static StreamOptions StreamsOf(SensorConfiguration configuration, Dictionary<string, string> settings)
    {
        StreamOptions streams = StreamOptions.FromSettings(settings, configuration.Inline);
        return streams with { ChecksumValidation = streams.ChecksumValidation && configuration.ValidateChecksums };
    }

    private static EventWriterOptions EventsOf(SensorConfiguration configuration, Dictionary<string, string> settings) => new()
    {
        Inline = configuration.Inline,
        Drops = configuration.Inline,
        Payload = configuration.Events.Payload,
        PayloadPrintable = configuration.Events.Payload,
        GuessTransaction = settings.GetValueOrDefault("detect.guess-applayer-tx")?.ToLowerInvariant() is "true" or "yes",
    };
}
