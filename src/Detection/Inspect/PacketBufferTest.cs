using Sensor.Decode;
using Sensor.Detection.Compile;

namespace Sensor.Detection.Inspect;

/// <summary>A chain of options over a part of the packet itself (<c>tcp.hdr; content:...</c>).</summary>
internal sealed class PacketBufferTest(PacketBufferReader read, ContentChain chain, IReadOnlyList<Transform> transforms) : PacketTest
{
    public override int Cost => 100;

    public override bool Matches(InspectContext context, scoped ref PacketView packet)
    {
        ReadOnlySpan<byte> data = read(context, ref packet);
        if (data.IsEmpty) return chain.MatchesAbsence;
        if (transforms.Count > 0) data = context.Transforms.Apply(transforms, data, context);
        var cursor = new ChainCursor { Data = data, IsFinal = true, Context = context };
        return ContentInspector.Matches(chain, ref cursor);
    }
}
