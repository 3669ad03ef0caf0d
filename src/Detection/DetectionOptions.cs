namespace Sensor.Detection;

/// <summary>Limits of rule inspection. Defaults are Suricata's where it has the same notion (suricata.yaml, detect).</summary>
public sealed record DetectionOptions
{
    /// <summary>Most bytes base64_decode keeps; longer data is decoded up to here.</summary>
    public const int MaximumDecodedBytes = 65_536;

    /// <summary>Alerts one packet may raise; the worst-placed ones are left out and counted (packet-alert-max: 15).</summary>
    public int PacketAlertMax { get; init; } = 15;

    /// <summary>Steps one chain of contents may take on one buffer before it counts as not matching (detect.inspection-recursion-limit: 3000).</summary>
    public int InspectionStepLimit { get; init; } = 3000;

    /// <summary>Stream bytes that are collected before they are inspected, unless a transaction or the stream ends first (stream.reassembly.toserver-chunk-size: 2560).</summary>
    public int ToServerChunk { get; init; } = 2560;

    public int ToClientChunk { get; init; } = 2560;

    /// <summary>Bytes of the previous chunk that are shown again, so that cutting a pattern at a chunk's edge hides nothing.</summary>
    public int ChunkOverlap { get; init; } = 256;

    /// <summary>Flows whose bits and counters one worker keeps; further flows are inspected without them, counted.</summary>
    public int MaximumFlowStates { get; init; } = 262_144;

    /// <summary>Flows whose state is made at start, 400 bytes each, with that of a quarter as many transactions, 1 KB each; more are made as they are needed.</summary>
    public int InitialFlowStates { get; init; } = 1024;

    /// <summary>Rules one transaction keeps unfinished in one direction; further ones are let go, counted.</summary>
    public int MaximumPendingRules { get; init; } = 2048;

    /// <summary>Entries of the table behind thresholds, rate filters and xbits; when full the oldest of eight neighbours gives way, counted.</summary>
    public int TrackedEntries { get; init; } = 65_536;

    /// <summary>Bridge mode: drop and reject act, and stay with the flow.</summary>
    public bool Inline { get; init; }

    /// <summary>Reads the reference engine's keys (packet-alert-max, detect.inspection-recursion-limit, stream.reassembly.to*-chunk-size); what cannot be read keeps its default.</summary>
    public static DetectionOptions FromSettings(IReadOnlyDictionary<string, string> settings, bool inline)
    {
        var defaults = new DetectionOptions();
        return defaults with
        {
            Inline = inline,
            PacketAlertMax = Number("packet-alert-max", defaults.PacketAlertMax),
            InspectionStepLimit = Number("detect.inspection-recursion-limit", defaults.InspectionStepLimit),
            ToServerChunk = Number("stream.reassembly.toserver-chunk-size", defaults.ToServerChunk),
            ToClientChunk = Number("stream.reassembly.toclient-chunk-size", defaults.ToClientChunk),
        };

        int Number(string key, int byDefault) =>
            settings.TryGetValue(key, out string? text) && int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out int value) && value > 0 ? value : byDefault;
    }
}

/// <summary>What Detection counts; read by anyone, written by the worker that owns it.</summary>
public sealed class DetectionCounters
{
    /// <summary>Alerts handed to the sink.</summary>
    public long Alerts;

    /// <summary>Alerts a threshold or a suppression kept back.</summary>
    public long AlertsSuppressed;

    /// <summary>Alerts over <see cref="DetectionOptions.PacketAlertMax"/> (detect.alert_queue_overflow).</summary>
    public long AlertQueueOverflow;

    /// <summary>Chains that used up <see cref="DetectionOptions.InspectionStepLimit"/>.</summary>
    public long StepLimitReached;

    /// <summary>Flows without rule state because of <see cref="DetectionOptions.MaximumFlowStates"/>.</summary>
    public long FlowStatesRefused;

    /// <summary>Rules let go because of <see cref="DetectionOptions.MaximumPendingRules"/>.</summary>
    public long PendingRulesRefused;

    /// <summary>Bits or counters a flow could not take (<see cref="Inspect.FlowMarks.MaximumBits"/>).</summary>
    public long FlowBitsRefused;

    /// <summary>Patterns of the prefilter that were found, and rules tried because of them.</summary>
    public long PrefilterHits, RulesTried;
}
