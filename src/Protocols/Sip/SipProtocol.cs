using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols.Fields;

namespace Sensor.Protocols.Sip;

/// <summary>The session initiation protocol (RFC 3261) with the session descriptions it carries (RFC 8866).</summary>
public sealed class SipProtocol : FieldProtocol
{
    public override string Name => "sip";

    public override Transports Transports => Transports.Udp | Transports.Tcp;

    public override IReadOnlyList<int> UsualPorts { get; } = [5060, 5061];

    public override int ProbeDepth => SipProbe.Depth;

    public override IReadOnlyList<string> Events { get; } = ["incomplete_data", "invalid_data", "too_many_transactions", "message_too_complex"];

    public override IReadOnlyList<BufferDefinition> Buffers { get; } =
    [
        One("sip.method", Direction.ToServer, SipField.Method),
        One("sip.uri", Direction.ToServer, SipField.Uri),
        One("sip.request_line", Direction.ToServer, SipField.RequestLine),
        One("sip.stat_code", Direction.ToClient, SipField.Code),
        One("sip.stat_msg", Direction.ToClient, SipField.Reason),
        One("sip.response_line", Direction.ToClient, SipField.ResponseLine),
        One("sip.protocol", null, SipField.Version),
        Several("sip.from", SipField.From),
        Several("sip.to", SipField.To),
        Several("sip.via", SipField.Via),
        Several("sip.user_agent", SipField.UserAgent),
        Several("sip.content_type", SipField.ContentType),
        Several("sip.content_length", SipField.ContentLength),
        One("sdp.origin", null, SipField.Origin),
        One("sdp.session_name", null, SipField.SessionName),
        One("sdp.session_info", null, SipField.SessionInfo),
        One("sdp.uri", null, SipField.SessionUri),
        One("sdp.email", null, SipField.Email),
        One("sdp.phone_number", null, SipField.Phone),
        One("sdp.connection_data", null, SipField.Connection),
        Several("sdp.bandwidth", SipField.Bandwidth),
        Several("sdp.time", SipField.Time),
        Several("sdp.repeat_time", SipField.RepeatTime),
        One("sdp.timezone", null, SipField.Timezone),
        One("sdp.encryption_key", null, SipField.EncryptionKey),
        Several("sdp.attribute", SipField.Attribute),
        Several("sdp.media.media", SipField.Media),
        Several("sdp.media.media_info", SipField.MediaInfo),
        Several("sdp.media.session_info", SipField.MediaInfo),
        Several("sdp.media.connection_data", SipField.MediaConnection),
        Several("sdp.media.encryption_key", SipField.MediaKey),
        Several("sdp.media.bandwidth", SipField.MediaBandwidth),
        Several("sdp.media.attribute", SipField.MediaAttribute),
    ];

    public override ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction) => SipProbe.Probe(start);

    public override Func<AppParser> CreateParserMaker(ProtocolOptions options)
    {
        var pool = new TransactionPool<SipTransaction>(slab => new SipTransaction(slab));
        int mostOpen = ProtocolSettings.MaximumTransactions(options, Name);
        return () => new SipParser(pool, mostOpen);
    }

    public override bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow) => SipRecord.Write(writer, (SipTransaction)transaction);

    private static BufferDefinition One(string name, Direction? side, SipField kind) => FieldBuffers.One(name, side, (int)kind, Complete);

    private static BufferDefinition Several(string name, SipField kind) => FieldBuffers.Several(name, null, (int)kind, Complete);
}

/// <summary>What can be wrong with a SIP conversation, in the order of <see cref="SipProtocol.Events"/>.</summary>
public enum SipEvent : byte
{
    /// <summary>A message breaks off.</summary>
    IncompleteData,
    /// <summary>What should be a start line is none.</summary>
    InvalidData,
    TooManyTransactions,
    /// <summary>A message holds more than <see cref="SipLimits"/> keeps.</summary>
    MessageTooComplex,
}

public static class SipLimits
{
    /// <summary>Bytes of a start line and headers over TCP; a longer one ends the side.</summary>
    public const int Head = 64 * 1024;

    /// <summary>Bytes of a body that are read; the rest passes unread.</summary>
    public const int Body = 64 * 1024;

    /// <summary>Bytes of one message that are kept.</summary>
    public const int TransactionBytes = 2 * (Head + Body);

    /// <summary>Headers and lines of a session description of one message.</summary>
    public const int Fields = 512;
}
