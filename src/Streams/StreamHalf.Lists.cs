namespace Sensor.Streams;

/// <summary>The list of pieces and the edges: taken when first needed, returned when empty, so an idle half holds nothing.</summary>
public sealed partial class StreamHalf
{
    private void MakeRoomAt(int index)
    {
        if (_count == _pieces.Length)
        {
            Piece[] larger = _memory.TakeList(_count + 1);
            _pieces.AsSpan(0, _count).CopyTo(larger);
            ReturnList();
            _pieces = larger;
        }

        _pieces.AsSpan(index, _count - index).CopyTo(_pieces.AsSpan(index + 1));
        _count++;
    }

    private void RemoveAt(int index)
    {
        _pieces.AsSpan(index + 1, _count - index - 1).CopyTo(_pieces.AsSpan(index));
        _pieces[--_count] = default;
    }

    private void RemoveFirst(int gone)
    {
        if (gone == 0) return;
        _pieces.AsSpan(gone, _count - gone).CopyTo(_pieces);
        _pieces.AsSpan(_count - gone, gone).Clear();
        _count -= gone;
        _runCount -= gone;
        if (_count == 0) ReturnList();
    }

    private void ReturnList()
    {
        if (_pieces.Length > 0) _memory.Return(_pieces);
        _pieces = [];
    }

    private void ReleaseBytes()
    {
        for (int i = 0; i < _count; i++) _memory.Bytes.Return(_pieces[i].Block);
        _count = _runCount = MostRuns = 0;
        KeptBytes = 0;
        ReturnList();
        ReturnEdges();
    }

    private void NoteEdges(long start, long end)
    {
        if (Immediate || end <= Acked) return;
        _edges ??= _memory.TakeEdges();
        _edges.Add(start, end);
    }

    private void ReturnEdges()
    {
        if (_edges is not null) _memory.Return(_edges);
        _edges = null;
    }
}
