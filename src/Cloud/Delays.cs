namespace Sensor.Cloud;

/// <summary>Clock, pauses and chance of the background loops; tests give their own, so that none of them sleeps.</summary>
public sealed record Delays(TimeProvider Time, Random Random, Func<TimeSpan, CancellationToken, Task> WaitAsync)
{
    public static Delays System { get; } = new(TimeProvider.System, Random.Shared, Task.Delay);
}
