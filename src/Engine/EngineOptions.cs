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

    /// <summary>Worker threads.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Bytes of frames that may wait for each worker.</summary>
    public long PipeBytes { get; init; } = Capture.FramePipe.DefaultLimit;

    /// <summary>Adds what the rules cannot do without: checksums looked at, digests of files computed.</summary>
    public EngineOptions For(RuleSet rules) => this with
    {
        Decode = Decode with { ValidateChecksums = Decode.ValidateChecksums || rules.AsksChecksums },
        Files = Files with { Hashes = Files.Hashes | rules.FileHashes },
    };

    public static EngineOptions From(SensorConfiguration configuration)
    {
        var settings = new Dictionary<string, string>(configuration.EngineSettings);
        bool inline = settings.GetValueOrDefault("stream.inline") is "true" or "yes";
        return new EngineOptions
        {
            Decode = new DecodeOptions { ValidateChecksums = configuration.ValidateChecksums },
            Flows = FlowOptions.FromSettings(settings),
            Streams = StreamOptions.FromSettings(settings, inline) with { ChecksumValidation = configuration.ValidateChecksums },
            Protocols = new ProtocolOptions { Settings = settings },
            Detection = DetectionOptions.FromSettings(settings, inline),
            Events = new EventWriterOptions { Inline = inline, Payload = configuration.Events.Payload, PayloadPrintable = configuration.Events.Payload },
            Workers = configuration.EffectiveWorkers,
            PipeBytes = configuration.QueueBytes,
        };
    }
}
