namespace Sensor.Flows;

/// <summary>
/// The flow objects of one table: made in steps as they are first needed, used again after they end, never more than
/// the limit. A slot number is the object's address; links between flows are slot numbers.
/// </summary>
internal sealed class FlowSlab
{
    public const int None = -1;

    private const int ChunkBits = 10;
    private const int ChunkSize = 1 << ChunkBits;

    private readonly int _maximum;
    private readonly Flow[]?[] _chunks;
    private int _made, _free = None;

    /// <param name="maximum">Most flows at once.</param>
    /// <param name="initial">Flows made at start.</param>
    public FlowSlab(int maximum, int initial = 0)
    {
        _maximum = maximum;
        _chunks = new Flow[]?[(maximum + ChunkSize - 1) >> ChunkBits];
        for (int first = 0; first < Math.Min(initial, maximum); first += ChunkSize) _chunks[first >> ChunkBits] = MakeChunk(first);
    }

    public bool IsFull => _free == None && _made >= _maximum;

    public Flow At(int slot) => _chunks[slot >> ChunkBits]![slot & (ChunkSize - 1)];

    /// <summary>Lends a cleared flow; the caller has made sure that the slab is not full.</summary>
    public Flow Take()
    {
        if (_free != None)
        {
            Flow flow = At(_free);
            _free = flow.NextInChain;
            return flow;
        }

        Flow[] chunk = _chunks[_made >> ChunkBits] ??= MakeChunk(_made);
        return chunk[_made++ & (ChunkSize - 1)];
    }

    public void Return(Flow flow)
    {
        flow.Clear();
        flow.NextInChain = _free;
        _free = flow.Slot;
    }

    private Flow[] MakeChunk(int firstSlot)
    {
        var chunk = new Flow[Math.Min(ChunkSize, _maximum - firstSlot)];
        for (int i = 0; i < chunk.Length; i++) chunk[i] = new Flow { Slot = firstSlot + i };
        return chunk;
    }
}
