namespace Sensor.Detection.Patterns;

/// <summary>What was told in the running scan. Numbers of scans stand in place of flags, so beginning a scan clears nothing.</summary>
internal sealed class ToldOnce(int slots, int chains)
{
    private readonly int[] _told = new int[slots];
    private readonly int[] _complete = new int[chains];
    private int _scan;

    public void Begin()
    {
        if (++_scan != 0) return;
        Array.Clear(_told);
        Array.Clear(_complete);
        _scan = 1;
    }

    public bool WasTold(int slot) => _told[slot] == _scan;

    /// <summary>True once a scan.</summary>
    public bool IsFirst(int slot)
    {
        if (_told[slot] == _scan) return false;
        _told[slot] = _scan;
        return true;
    }

    public bool IsComplete(int chain) => _complete[chain] == _scan;

    public void MarkComplete(int chain) => _complete[chain] = _scan;
}
