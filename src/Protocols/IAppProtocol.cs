using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Protocols;

[Flags]
public enum Transports : byte { None = 0, Tcp = 1, Udp = 2 }

/// <summary>
/// All there is to know about an application protocol, as data. Implementations are stateless, one object for the
/// whole process, listed in <see cref="ProtocolCatalog"/>. Its buffers become sticky buffers, its events
/// <c>app-layer-event</c> names, its record an EVE object.
/// </summary>
public interface IAppProtocol
{
    /// <summary>Name in rules (<c>alert http ...</c>) and in EVE's <c>app_proto</c>.</summary>
    string Name { get; }

    Transports Transports { get; }

    /// <summary>Ports where its probe is tried first; content decides, ports only break ties.</summary>
    IReadOnlyList<int> UsualPorts { get; }

    /// <summary>Bytes of the beginning that the probe may need at most before it has to decide.</summary>
    int ProbeDepth { get; }

    /// <summary>
    /// Does a conversation (or datagram) that begins like this speak the protocol? <see cref="ParseStatus.Malformed"/> means "not mine".
    /// </summary>
    ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction);

    /// <summary>Makes one parser; parsers are pooled and reset between flows.</summary>
    AppParser CreateParser(ProtocolOptions options);

    /// <summary>
    /// Called once per worker: the maker of its parsers. Override it where parsers of one worker share slabs
    /// (transactions, body bytes), which are for one thread only.
    /// </summary>
    Func<AppParser> CreateParserMaker(ProtocolOptions options) => () => CreateParser(options);

    /// <summary>The side that speaks first in this protocol; null when either may. First bytes of the other side raise <see cref="AppLayerEvent.WrongDirectionFirstData"/>.</summary>
    Direction? FirstSpeaker => null;

    /// <summary>Whether it is on when the configuration does not mention it.</summary>
    bool IsEnabledByDefault => true;

    IReadOnlyList<BufferDefinition> Buffers { get; }

    /// <summary>Event names without the protocol's prefix, at the index of their number.</summary>
    IReadOnlyList<string> Events { get; }

    /// <summary>Progress value at which a side is complete.</summary>
    int RequestComplete { get; }

    int ResponseComplete { get; }

    /// <summary>Name of progress values, as rule hooks use them (<c>http1:request_line</c>), for each side.</summary>
    IReadOnlyList<string> RequestProgressNames { get; }

    IReadOnlyList<string> ResponseProgressNames { get; }

    /// <summary>
    /// Writes the protocol's own object of an event record, property name included (<c>"http":{...}</c>),
    /// into the record being written. False when the protocol has no record or this transaction has nothing to say.
    /// </summary>
    bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow);

    /// <summary>Whether finished transactions become event records of their own (type = <see cref="RecordType"/>).</summary>
    bool LogsTransactions { get; }

    /// <summary>
    /// Progress of both sides from which the record may be written although the transaction goes on (TLS: once the
    /// server's hello has ended). At the flow's end it is written in any case.
    /// </summary>
    int RequestRecordProgress => RequestComplete;

    int ResponseRecordProgress => ResponseComplete;

    /// <summary>Part of a network's flows at one time that speak it, generously: so many parsers are made at start.</summary>
    double ShareOfFlows => 1.0 / 128;

    /// <summary>EVE <c>event_type</c> of its records, usually <see cref="Name"/>.</summary>
    string RecordType { get; }
}

/// <summary>What a parser answers for the bytes it was given.</summary>
/// <param name="Status">Done: all usable bytes taken, keep feeding. NeedMore: fed again when <see cref="Needed"/> bytes are there. Malformed: never feed again (this direction).</param>
/// <param name="Consumed">Bytes it has finished with; the rest is shown again together with what follows.</param>
/// <param name="Needed">With NeedMore: least number of bytes (from the first unconsumed one) worth calling again for, 0 for "any".</param>
public readonly record struct ParseResult(ParseStatus Status, int Consumed, int Needed = 0)
{
    public static ParseResult All(int consumed) => new(ParseStatus.Done, consumed);

    public static ParseResult Wait(int consumed, int needed = 0) => new(ParseStatus.NeedMore, consumed, needed);

    public static readonly ParseResult Broken = new(ParseStatus.Malformed, 0);
}

/// <summary>What a parser may know about the moment it is called in.</summary>
public readonly ref struct ParseContext
{
    public required Flow Flow { get; init; }

    public required Direction Direction { get; init; }

    public required PacketTime Time { get; init; }

    /// <summary>No byte follows these in this direction.</summary>
    public bool IsEnd { get; init; }

    public required IFileSink Files { get; init; }

    /// <summary>Where a conversation announces another one (FTP's data connections); null when nobody looks.</summary>
    public ExpectationTable? Expectations { get; init; }
}

/// <summary>
/// The state of one protocol on one flow. Fed with bytes in order; resumable at any byte: feeding a conversation
/// whole or one byte at a time gives the same transactions. Never throws on wire bytes.
/// </summary>
public abstract class AppParser
{
    /// <summary>Open transactions, oldest first.</summary>
    public TransactionList Transactions { get; } = new();

    /// <summary>Events that belong to the conversation, not to one transaction.</summary>
    public EventSet Events;

    /// <summary>The conversation went dark (TLS after its handshake, STARTTLS...): nothing more is fed.</summary>
    public bool IsEncrypted;

    /// <summary>For <see cref="HandOverTo"/>: whatever follows is detected anew.</summary>
    public const string DetectAgain = "";

    /// <summary>
    /// Set to hand the rest of the conversation to another protocol (CONNECT, Upgrade, STARTTLS); null otherwise. Either
    /// the name of the protocol that has to follow, or <see cref="DetectAgain"/>. Transactions must be complete by then;
    /// bytes the parser did not consume, and all that follow, belong to the next protocol.
    /// </summary>
    public string? HandOverTo;

    /// <summary>
    /// Set when the other direction, which answered NeedMore to wait for this one, can go on; cleared by the caller. The
    /// parser returns with what it consumed so far, and is fed the rest after the other direction had its turn.
    /// </summary>
    public bool ResumeOther;

    /// <summary>
    /// Set when bytes of one direction completed a transaction that is inspected in the other (an acknowledgement), so
    /// that the other is looked at with its next packet; cleared by the caller.
    /// </summary>
    public bool ChangedOther;

    /// <summary>Id of the next transaction (<see cref="Transaction.Id"/>); parsers count it up when they open one.</summary>
    public long NextTransactionId;

    /// <summary>Raw-stream inspection of this flow is no longer useful (bodies of encrypted traffic).</summary>
    public bool StopRawInspection;

    public abstract ParseResult Parse(ReadOnlySpan<byte> data, in ParseContext context);

    /// <summary>
    /// Bytes are missing: <paramref name="length"/> of them were never seen (or were seen, but left unconsumed right
    /// before the hole). Answer Malformed to give up this direction.
    /// </summary>
    public virtual ParseStatus Gap(long length, in ParseContext context) => ParseStatus.Malformed;

    /// <summary>The side ended (FIN, RST or time-out): complete what can be completed.</summary>
    public virtual void End(in ParseContext context) { }

    /// <summary>The conversation was announced by another one: called once, before its first byte.</summary>
    /// <param name="expected">What was said about it.</param>
    /// <param name="name">What it is about (a file's name), valid during the call.</param>
    public virtual void Announced(in Expectation expected, ReadOnlySpan<byte> name) { }

    /// <summary>Gives a transaction back that every room is done with.</summary>
    public abstract void Release(Transaction transaction);

    /// <summary>Makes the parser ready for its next flow (releases what is still open first); must not allocate.</summary>
    public virtual void Reset()
    {
        Events.Clear();
        IsEncrypted = false;
        StopRawInspection = false;
        HandOverTo = null;
        ResumeOther = ChangedOther = false;
        NextTransactionId = 0;
        while (Transactions.Count > 0)
        {
            Transaction last = Transactions[^1];
            Transactions.RemoveAt(Transactions.Count - 1);
            Release(last);
        }
    }
}

/// <summary>The open transactions of a parser; a list that keeps its array between flows.</summary>
public sealed class TransactionList : List<Transaction>
{
    public TransactionList() : base(4) { }
}
