using Sensor.Decode;
using Sensor.Detection.Inspect;

namespace Sensor.Detection.Compile;

/// <summary>Reads a part of the packet that rules can look into (<c>tcp.hdr</c>); empty where the packet has no such part.</summary>
public delegate ReadOnlySpan<byte> PacketBufferReader(InspectContext context, scoped ref PacketView packet);

/// <summary>What a section of a rule looks at.</summary>
public abstract record SectionTarget
{
    /// <summary>Name for messages.</summary>
    public abstract string Name { get; }
}

/// <summary>Packet payload, or the stream it belongs to.</summary>
public sealed record PayloadTarget : SectionTarget
{
    public static PayloadTarget Instance { get; } = new();

    public override string Name => "payload";
}

/// <summary>A buffer of transactions.</summary>
public sealed record BufferTarget(NamedBuffer Buffer) : SectionTarget
{
    public override string Name => Buffer.Name;
}

/// <summary>A part of the packet itself.</summary>
public sealed record PacketTarget(string Word, PacketBufferReader Read) : SectionTarget
{
    public override string Name => Word;
}

/// <summary>What the last base64_decode gave (<c>base64_data</c>).</summary>
public sealed record DecodedTarget(DecodedHolder Holder) : SectionTarget
{
    public override string Name => "base64_data";
}

/// <summary>Gives a base64_decode the options written after base64_data, once they are known.</summary>
public sealed class DecodedHolder
{
    public ContentChain? Chain { get; set; }
}

/// <summary>Options of a rule under construction that look at the same thing, in the order written.</summary>
public sealed class Section(SectionTarget target)
{
    public SectionTarget Target { get; } = target;

    public List<Transform> Transforms { get; } = [];

    /// <summary>The side meant, where the rule says so (<c>http.connection:to_client;</c>).</summary>
    public Sensor.Primitives.Direction? Side { get; init; }

    public List<PayloadOption> Options { get; } = [];

    /// <summary><c>absent</c> was written; alone, or as an alternative to the options.</summary>
    public bool IsAbsent { get; set; }

    public ContentChain ToChain() => new(Options) { MatchesAbsence = IsAbsent };

    /// <summary>Mentions of one single buffer are one section; each mention of a multiple buffer means another instance.</summary>
    public bool Joins(Section other) =>
        Target.Equals(other.Target) && Side == other.Side && Transforms.SequenceEqual(other.Transforms) && Target is not BufferTarget { Buffer.IsMultiple: true };
}
