namespace Sensor.Streams;

/// <summary>Limits of TCP tracking. Defaults are Suricata's (suricata.yaml, stream).</summary>
public sealed record StreamOptions
{
    /// <summary>Bytes of each half that are put in order; later bytes are counted only. 0 means no limit (stream.reassembly.depth: 1mb).</summary>
    public long ReassemblyDepth { get; init; } = 1024 * 1024;

    /// <summary>Bytes all sessions of one worker may hold (stream.reassembly.memcap: 256mb).</summary>
    public long MemoryLimit { get; init; } = 256L * 1024 * 1024;

    /// <summary>Sessions picked up without their handshake are inspected (stream.midstream: false).</summary>
    public bool Midstream { get; init; }

    /// <summary>One-sided sessions are inspected (stream.async-oneside: false).</summary>
    public bool AsyncOneSide { get; init; }

    /// <summary>Bytes count as readable as soon as they arrive in order, not when acknowledged (stream.inline).</summary>
    public bool Inline { get; init; }

    /// <summary>Sessions one worker may hold.</summary>
    public int MaximumSessions { get; init; } = 262_144;
}
