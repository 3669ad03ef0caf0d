using Sensor.Primitives;
using Sensor.Protocols.Fields;

namespace Sensor.Protocols.Sip;

public enum SipField : ushort
{
    Method, Uri, Version, RequestLine, Code, Reason, ResponseLine,
    From, To, Via, UserAgent, ContentType, ContentLength,
    /// <summary>The session description begins; the number is its version.</summary>
    Session,
    Origin, SessionName, SessionInfo, SessionUri, Email, Phone, Connection, Bandwidth, Time, RepeatTime, Timezone, EncryptionKey, Attribute,
    /// <summary>A media description begins; fields below belong to it.</summary>
    Media,
    MediaInfo, MediaConnection, MediaBandwidth, MediaKey, MediaAttribute,
}

/// <summary>One message: requests and responses are transactions of their own, since either side sends either.</summary>
public sealed class SipTransaction(ByteSlab slab) : FieldTransaction(slab, SipLimits.TransactionBytes, SipLimits.Fields)
{
    internal bool Add(SipField kind, ReadOnlySpan<byte> bytes, long number = 0) => Add((int)kind, bytes, number);
}
