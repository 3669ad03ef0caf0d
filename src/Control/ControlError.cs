namespace Sensor.Control;

/// <summary>Why a request was refused, as a word that programs can tell apart.</summary>
public static class ErrorKind
{
    public const string NotPermitted = "not-permitted";
    public const string BadRequest = "bad-request";
    public const string NotFound = "not-found";
    public const string Failed = "failed";
}

/// <summary>What stands in the body of every refusal.</summary>
/// <param name="Kind">One of <see cref="ErrorKind"/>.</param>
/// <param name="Message">"cannot …": what went wrong.</param>
/// <param name="Remedy">What to do about it; empty when there is nothing.</param>
public sealed record ControlError(string Kind, string Message, string Remedy);

/// <summary>A refusal by the daemon, or a daemon that could not be reached.</summary>
public sealed class ControlException(int exitCode, ControlError error) : Exception(error.Message)
{
    /// <summary>What <c>sensorctl</c> exits with: one of <see cref="ExitCode"/>.</summary>
    public int ExitCode { get; } = exitCode;

    public ControlError Error { get; } = error;
}

/// <summary>Exit codes of <c>sensorctl</c>; scripts rely on them.</summary>
public static class ExitCode
{
    public const int Healthy = 0;
    public const int Unhealthy = 1;
    public const int Usage = 2;
    public const int NotPermitted = 3;
    public const int Unreachable = 4;
}
