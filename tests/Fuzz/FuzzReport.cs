namespace Sensor.Tests.Fuzz;

/// <summary>What a target did and found.</summary>
public sealed class FuzzReport
{
    public int Files { get; set; }

    public long Runs { get; set; }

    public long Frames { get; set; }

    public long Bytes { get; set; }

    public long Events { get; set; }

    /// <summary>Runs on what is no capture any more, or never was: refused with a message.</summary>
    public long Refused { get; set; }

    /// <summary>Each with what happened, where, and the arguments that show it again.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>Runs that took more than ten times what their size lets expect. Noted, not failed: the machine has other work.</summary>
    public List<string> Slow { get; } = [];

    public override string ToString() =>
        $"{Files} files, {Runs} runs ({Refused} refused as no capture), {Frames} frames, {Bytes >> 20} MiB, {Events} event records; {Failures.Count} failures, {Slow.Count} slow runs";
}
