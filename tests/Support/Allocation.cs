namespace Sensor.Tests.Support;

/// <summary>Measures what code allocates on its thread.</summary>
public static class Allocation
{
    private const int Rounds = 5;

    /// <summary>
    /// The least that one of several equal rounds allocates, in bytes. Code that allocates does so in every round; what
    /// the runtime itself puts on a thread now and then (methods being replaced by better ones) is not in all of them.
    /// </summary>
    public static long LeastOf(Action round)
    {
        long least = long.MaxValue;
        for (int i = 0; i < Rounds && least > 0; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
