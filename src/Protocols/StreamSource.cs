using Sensor.Streams;

namespace Sensor.Protocols;

/// <summary>
/// One direction of a conversation as <see cref="AppLayer"/> reads it. Exists so that detection and feeding can be
/// tested on scripted bytes and gaps; in the engine it is always a <see cref="StreamHalf"/>.
/// </summary>
internal abstract class StreamSource
{
    public abstract long ParsedTo { get; set; }

    public abstract bool ParsingDone { get; set; }

    public abstract long ReadableTo { get; }

    /// <summary>No byte after <see cref="ReadableTo"/> will be readable (FIN, RST, or the reassembly depth).</summary>
    public abstract bool Ended { get; }

    public abstract ReadOnlySpan<byte> Read(long offset);

    public abstract long GapAt(long offset);

    public virtual void Attach(StreamHalf half) { }

    public virtual void Detach() { }
}

internal sealed class TrackedSource : StreamSource
{
    private StreamHalf? _half;

    public override long ParsedTo
    {
        get => _half!.ParsedTo;
        set => _half!.ParsedTo = value;
    }

    public override bool ParsingDone
    {
        get => _half is null || _half.ParsingDone;
        set { if (_half is not null) _half.ParsingDone = value; }
    }

    public override long ReadableTo => _half!.ReadableTo;

    public override bool Ended => _half!.Ended || _half.DepthReached;

    public override ReadOnlySpan<byte> Read(long offset) => _half!.Read(offset);

    public override long GapAt(long offset) => _half!.GapAt(offset);

    public override void Attach(StreamHalf half) => _half = half;

    public override void Detach() => _half = null;
}
