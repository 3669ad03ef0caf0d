namespace Sensor.Streams;

/// <summary>What one worker's TCP tracking has done; every number only grows.</summary>
public sealed class StreamCounters
{
    public long Sessions;
    public long SessionsMidstream;
    public long SessionsAsynchronous;
    /// <summary>Packets not tracked because all <see cref="StreamOptions.MaximumSessions"/> were in use.</summary>
    public long SessionsRefused;
    /// <summary>Packets that fit no session and may not open one.</summary>
    public long PacketsWithoutSession;
    public long InvalidChecksum;
    /// <summary>Packets of a session that its receiver would not take (window, acknowledgment, timestamp).</summary>
    public long PacketsRejected;
    public long SynQueued, SynAckQueued;
    /// <summary>Segments not kept: the memory limit, or <see cref="StreamOptions.MaximumSegments"/>.</summary>
    public long RefusedByMemory, RefusedBySegments;
    /// <summary>Holes that were acknowledged without having been seen, and the bytes in them.</summary>
    public long Gaps, GapBytes;
    public long OverlapsDifferent;
    public long DepthReached;
    /// <summary>Bytes put into streams, and bytes copied to do so: their ratio is the cost of reassembly.</summary>
    public long BytesStored, BytesMoved;
    public long UrgentBytes;
    public long ResetsSuspected;
}
