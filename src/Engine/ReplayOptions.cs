namespace Sensor.Engine;

/// <summary>What an offline run works on; see <c>sensorctl replay --help</c>.</summary>
public sealed record ReplayOptions
{
    public required IReadOnlyList<string> Captures { get; init; }
    public IReadOnlyList<string> Rules { get; init; } = [];
    public IReadOnlyList<string> Lists { get; init; } = [];
    public required string OutputFolder { get; init; }
    public string? Configuration { get; init; }
    /// <summary>Engine settings as <c>KEY=VALUE</c>; keys are those of the configuration's <c>engine</c> part.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];
    public bool ValidateChecksums { get; init; } = true;
    public int Workers { get; init; } = 1;
    /// <summary>Folder that relative paths in settings (lists, thresholds) start from; the working folder when null.</summary>
    public string? SettingsFolder { get; init; }
    /// <summary>Behave as a bridge would: drop rules drop, bytes are inspected before they are acknowledged.</summary>
    public bool Inline { get; init; }
    /// <summary>Alert records carry payload and packet bytes.</summary>
    public bool Payload { get; init; }
    /// <summary>Tables start small: for many short runs in one process.</summary>
    public bool Small { get; init; }
}

/// <summary>What an offline run came to; <c>stats.json</c> has the same and more.</summary>
public sealed record ReplaySummary
{
    public required long Packets { get; init; }
    public required long Bytes { get; init; }
    public required double EngineSeconds { get; init; }
    public required int RulesLoaded { get; init; }
    public required int RulesFailed { get; init; }
    public required long Alerts { get; init; }

    public double Gigabits => EngineSeconds > 0 ? Bytes * 8 / EngineSeconds / 1e9 : 0;
}

/// <summary>An offline run that could not be done; the message says what, where and what to do.</summary>
public sealed class ReplayException(string message) : Exception(message);
