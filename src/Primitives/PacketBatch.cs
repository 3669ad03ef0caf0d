using System.Buffers;
using System.Runtime.InteropServices;

namespace Sensor.Primitives;

/// <summary>
/// Frames that wait in a pipe, walked in place. The engine is entered once a batch, not once a frame,
/// because the JIT replaces a method between calls, never inside one.
/// </summary>
public ref struct PacketBatch
{
    private ReadOnlySequence<byte> _rest;
    private ReadOnlySpan<byte> _piece;
    private SequencePosition _next;
    private readonly int _limit;
    private long _pieceOffset;
    private int _count;

    /// <param name="frames">Whole frames, each preceded by a <see cref="FrameHeader"/>.</param>
    /// <param name="limit">Most frames to hand out.</param>
    public PacketBatch(ReadOnlySequence<byte> frames, int limit)
    {
        _rest = frames;
        _next = frames.Start;
        _limit = limit;
    }

    /// <summary>Where the pipe may be released to: the end of the last frame handed out.</summary>
    public readonly SequencePosition Consumed => _rest.GetPosition(_pieceOffset);

    /// <summary>Frames handed out so far.</summary>
    public readonly int Count => _count;

    /// <summary>Bytes of pipe space that the frames handed out so far took, headers included.</summary>
    public long ConsumedBytes { readonly get; private set; }

    public bool MoveNext(out RawPacket packet)
    {
        while (_count < _limit)
        {
            if (_piece.Length >= FrameHeader.Size)
            {
                FrameHeader header = MemoryMarshal.Read<FrameHeader>(_piece);
                int taken = FrameHeader.Size + header.CapturedLength;
                packet = new RawPacket(
                    _piece.Slice(FrameHeader.Size, header.CapturedLength), header.WireLength, new PacketTime(header.Nanoseconds), header.Link, header.Number);
                _piece = _piece[taken..];
                _pieceOffset += taken;
                ConsumedBytes += taken;
                _count++;
                return true;
            }

            if (!_rest.TryGet(ref _next, out ReadOnlyMemory<byte> memory)) break;
            _rest = _rest.Slice(_pieceOffset);
            _pieceOffset = 0;
            _piece = memory.Span;
        }

        packet = default;
        return false;
    }
}
