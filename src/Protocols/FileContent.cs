using Sensor.Primitives;

namespace Sensor.Protocols;

/// <summary>
/// One file as it passes: handed on to the Files room, and shown to rules as <c>file.data</c> through a window of its
/// last bytes. Detection looks after each packet, so whatever an earlier call appended may make way for new bytes.
/// Pooled.
/// </summary>
internal sealed class FileContent(ByteSlab slab)
{
    /// <summary>Bytes that stay in the window when it moves on, so that a match may reach across.</summary>
    public const int Overlap = 32 * 1024;

    /// <summary>Bytes in the window from which on it moves.</summary>
    public const int MovesAt = 4 * Overlap;

    private readonly GrowingBytes _window = new(slab);
    private IFileSink? _sink;
    private int _handle = -1;
    private long _limit;
    private bool _isClosed;

    /// <summary>Bytes before the window.</summary>
    public long Offset { get; private set; }

    public long Size { get; private set; }

    public bool IsOpen => _sink is not null && !_isClosed;

    /// <param name="limit">Bytes from its beginning that rules look into; the rest only goes to the Files room.</param>
    public void Open(in ParseContext context, Transaction transaction, ReadOnlySpan<byte> name, long limit)
    {
        _sink = context.Files;
        _limit = limit;
        _handle = _sink.Open(context.Flow, transaction, context.Direction, name, context.Time);
    }

    /// <summary>Once per call of the parser, before new bytes: what was there before has been inspected.</summary>
    public void MoveOn()
    {
        if (_window.Length < MovesAt) return;
        int gone = _window.Length - Overlap;
        _window.RemoveFront(gone);
        Offset += gone;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || !IsOpen) return;
        Size += bytes.Length;
        if (_handle >= 0) _sink!.Append(_handle, bytes);
        long room = _limit - Offset - _window.Length;
        if (room > 0 && !_window.IsCut) _window.Append(bytes[..(int)Math.Min(room, bytes.Length)]);
    }

    public void Gap(long length)
    {
        if (!IsOpen) return;
        Size += length;
        if (_handle >= 0) _sink!.Gap(_handle, length);
    }

    public void Close(bool complete, PacketTime time)
    {
        if (!IsOpen) return;
        _isClosed = true;
        if (_handle >= 0) _sink!.Close(_handle, complete, time);
        _handle = -1;
    }

    public bool TryView(out BufferView view)
    {
        view = new BufferView { Bytes = _window.Span, Offset = Offset, IsFinal = _isClosed || Offset + _window.Length >= _limit };
        return _window.Length > 0;
    }

    public void Release()
    {
        _window.Release();
        _sink = null;
        _handle = -1;
        _isClosed = false;
        Offset = Size = 0;
    }
}
