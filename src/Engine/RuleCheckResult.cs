namespace Sensor.Engine;

/// <summary>Which rules would load.</summary>
public sealed record RuleCheckResult(int Loaded, IReadOnlyList<RuleCheckFailure> Failed);

public sealed record RuleCheckFailure(string File, int Line, int Column, long Sid, string Keyword, string Reason);
