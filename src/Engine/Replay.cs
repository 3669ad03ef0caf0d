namespace Sensor.Engine;

/// <summary>Runs the whole road on capture files, without daemon, store or uplink.</summary>
public static class Replay
{
    public static ReplaySummary Run(ReplayOptions options, Action<string> progress, CancellationToken cancel)
    {
        _ = (progress, cancel);
        throw new ReplayException($"cannot replay {options.Captures[0]}: the pipeline is not there yet");
    }
}
