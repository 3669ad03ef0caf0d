namespace Sensor.Primitives;

/// <summary>
/// Objects made once and lent out again and again. Grows in steps up to <paramref name="limit"/>; after that
/// <see cref="TryTake"/> refuses and counts, and the caller does what its limit says. One thread only.
/// </summary>
/// <param name="create">Makes one object.</param>
/// <param name="initial">Objects made at start, so that the steady state allocates nothing.</param>
/// <param name="limit">Most objects alive at once.</param>
public sealed class ObjectSlab<T>(Func<T> create, int initial, int limit)
    where T : class
{
    private readonly Stack<T> _free = Fill(create, Math.Min(initial, limit), limit);
    private int _made = Math.Min(initial, limit);

    public int Limit => limit;

    public int InUse => _made - _free.Count;

    /// <summary>Times <see cref="TryTake"/> had to refuse.</summary>
    public long Refused { get; private set; }

    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? item)
    {
        if (_free.TryPop(out item)) return true;
        if (_made >= limit)
        {
            Refused++;
            return false;
        }

        // Room to take every object back is made here, so that giving back never allocates.
        _free.EnsureCapacity(++_made);
        item = create();
        return true;
    }

    public void Return(T item) => _free.Push(item);

    private static Stack<T> Fill(Func<T> create, int count, int limit)
    {
        var free = new Stack<T>(Math.Min(limit, Math.Max(count, 16)));
        for (int i = 0; i < count; i++) free.Push(create());
        return free;
    }
}
