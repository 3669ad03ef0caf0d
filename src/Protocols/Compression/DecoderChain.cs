using Sensor.Primitives;

namespace Sensor.Protocols.Compression;

/// <summary>Receives decoded bytes; the span is valid during the call only.</summary>
internal interface IDecodedSink
{
    void Decoded(ReadOnlySpan<byte> bytes);
}

/// <summary>What went wrong while decoding.</summary>
internal enum DecoderProblem : byte { None, Failed, Bomb }

/// <summary>
/// Content codings applied one over another, undone from the outside in. Output is bounded: when it passes both
/// <see cref="BombLimit"/> bytes and <see cref="BombRatio"/> times its input, the rest is dropped (decompression bomb).
/// </summary>
internal sealed class DecoderChain(ByteSlab slab, ObjectSlab<ContentDecoder> decoders)
{
    /// <summary>Codings undone at most, whatever is configured.</summary>
    public const int MaximumLayers = 8;

    private const int StepLength = 16 * 1024;

    private readonly ContentDecoder?[] _layers = new ContentDecoder?[MaximumLayers];
    private readonly byte[]?[] _output = new byte[]?[MaximumLayers];
    private int _count;
    private long _in, _out;
    private bool _bomb, _failed;

    /// <summary>The reference engine's compression-bomb-limit (1 MiB).</summary>
    public long BombLimit { get; set; } = 1024 * 1024;

    /// <summary>The reference engine's ratio beside that limit.</summary>
    public int BombRatio { get; set; } = 2048;

    public bool IsEmpty => _count == 0;

    /// <summary>Adds the next coding inwards; false when there is no decoder or room left.</summary>
    public bool Add(ContentCoding coding)
    {
        if (_count == MaximumLayers || !decoders.TryTake(out ContentDecoder? decoder)) return false;
        if (!slab.TryTake(StepLength, out byte[]? output))
        {
            decoders.Return(decoder);
            return false;
        }

        decoder.Begin(coding);
        _layers[_count] = decoder;
        _output[_count++] = output;
        return true;
    }

    public DecoderProblem Push<TSink>(ReadOnlySpan<byte> input, bool last, TSink sink)
        where TSink : class, IDecodedSink
    {
        if (_bomb) return DecoderProblem.None;
        _in += input.Length;
        Run(0, input, last, sink);
        if (_bomb) return DecoderProblem.Bomb;
        bool failed = false;
        for (int i = 0; i < _count; i++) failed |= _layers[i]!.Failed;
        if (!failed || _failed) return DecoderProblem.None;
        _failed = true;
        return DecoderProblem.Failed;
    }

    public void Clear()
    {
        for (int i = 0; i < _count; i++)
        {
            _layers[i]!.End();
            decoders.Return(_layers[i]!);
            slab.Return(_output[i]!);
            _layers[i] = null;
            _output[i] = null;
        }

        _count = 0;
        _in = _out = 0;
        _bomb = _failed = false;
    }

    /// <summary>Depth of the calls is the number of layers, which is bounded by <see cref="MaximumLayers"/>.</summary>
    private void Run<TSink>(int layer, ReadOnlySpan<byte> input, bool last, TSink sink)
        where TSink : class, IDecodedSink
    {
        if (layer == _count)
        {
            Deliver(input, sink);
            return;
        }

        ContentDecoder decoder = _layers[layer]!;
        RunLayer(layer, decoder, ref input, last, sink);
        ReadOnlySpan<byte> held = decoder.TakeHeld();
        if (!held.IsEmpty) RunLayer(layer, decoder, ref held, last && input.IsEmpty, sink);
        if (!input.IsEmpty) RunLayer(layer, decoder, ref input, last, sink);
        if (last) Run(layer + 1, default, last: true, sink);
    }

    /// <summary>Until the input is gone, or bytes were held back that come first.</summary>
    private void RunLayer<TSink>(int layer, ContentDecoder decoder, ref ReadOnlySpan<byte> input, bool last, TSink sink)
        where TSink : class, IDecodedSink
    {
        bool deciding = decoder.IsDeciding;
        while (!_bomb)
        {
            int before = input.Length;
            decoder.Decode(ref input, last, _output[layer], out ReadOnlySpan<byte> decoded);
            if (!decoded.IsEmpty) Run(layer + 1, decoded, last: false, sink);
            if (deciding && !decoder.IsDeciding) return;
            if (decoded.IsEmpty && input.Length == before && !decoder.HasMoved()) return;
        }
    }

    private void Deliver<TSink>(ReadOnlySpan<byte> bytes, TSink sink)
        where TSink : class, IDecodedSink
    {
        if (bytes.IsEmpty) return;
        _out += bytes.Length;
        if (_out > BombLimit && _out / BombRatio > _in) _bomb = true;
        else sink.Decoded(bytes);
    }
}
