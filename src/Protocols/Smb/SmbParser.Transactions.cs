using System.Buffers.Binary;
using Sensor.Primitives;
using Sensor.Protocols.Dcerpc;

namespace Sensor.Protocols.Smb;

/// <summary>What the header of the message at hand says, in the words of both versions.</summary>
internal struct SmbHead
{
    public int Version, Command;
    public bool IsResponse, IsUnicode;
    public UInt128 Message;
    public ulong SessionId;
    public uint TreeId, Status;
    public SmbStatusForm StatusForm;

    public readonly bool IsSuccess => Status == SmbStatus.Success;
}

/// <summary>Opening, finding and completing transactions; calls over named pipes.</summary>
internal sealed partial class SmbParser : IDcerpcHost
{
    private SmbHead _head;
    private int _dialect;

    /// <summary>The dialect of SMB 1 that was agreed on; longer names are cut.</summary>
    private DialectName _dialectName;
    private int _dialectNameLength;

    /// <summary>A negotiation that began in SMB 1 and may be answered in SMB 2.</summary>
    private SmbTransaction? _negotiation;

    [System.Runtime.CompilerServices.InlineArray(32)]
    private struct DialectName
    {
        private byte _first;
    }

    public override void Release(Transaction transaction)
    {
        var one = (SmbTransaction)transaction;
        if (ReferenceEquals(one, _negotiation)) _negotiation = null;
        if (one.Entry is { } entry) _memory.Remove(entry);
        if (one.Exchange is { } exchange) pool.Calls.Return(exchange);
        one.Reset();
        pool.Transactions.Return(one);
    }

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => bytes.Length < at + 2 ? (ushort)0 : BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => bytes.Length < at + 4 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static ulong U64(ReadOnlySpan<byte> bytes, int at) => bytes.Length < at + 8 ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);

    /// <summary>A part of a message by its place; empty when it does not lie inside.</summary>
    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> message, long at, long length) =>
        at < 0 || length <= 0 || at > message.Length || length > message.Length - at ? default : message.Slice((int)at, (int)length);

    private void Raise(SmbEvent what)
    {
        if (Transactions.Count > 0) Transactions[^1].Events.Add((int)what);
        else Events.Add((int)what);
    }

    /// <summary>A transaction for the message at hand, null when no more can be kept.</summary>
    private SmbTransaction? Open(SmbKind kind, in ParseContext context)
    {
        if (Transactions.Count >= mostOpen) CompleteOldest(context);
        if (Transactions.Count >= 2 * mostOpen)
        {
            Raise(SmbEvent.TooManyTransactions);
            return null;
        }

        if (!pool.Transactions.TryTake(out SmbTransaction? transaction))
        {
            Raise(SmbEvent.WorkerLimitReached);
            return null;
        }

        transaction.Id = NextTransactionId++;
        transaction.Started = transaction.LastChanged = context.Time;
        transaction.Version = _head.Version;
        transaction.Command = _head.Command;
        transaction.SessionId = _head.SessionId;
        transaction.TreeId = _head.TreeId;
        transaction.Kind = kind;
        SetDialect(transaction);
        Transactions.Add(transaction);
        return transaction;
    }

    /// <summary>A transaction for a request, found again by its message when the response comes.</summary>
    private SmbTransaction? OpenRequest(SmbKind kind, in ParseContext context)
    {
        if (Open(kind, context) is not { } transaction) return null;
        transaction.RequestProgress = SmbProtocol.Complete;
        if (_memory.Put(SmbEntryKind.Request, _head.Message, _forget) is not { } entry) return transaction;
        entry.Transaction = transaction;
        transaction.Entry = entry;
        return transaction;
    }

    /// <summary>The transaction whose answer is at hand; it has its status and is complete. Null when none waits for it.</summary>
    private SmbTransaction? Answered(in ParseContext context)
    {
        if (_memory.Find(SmbEntryKind.Request, _head.Message) is not { Transaction: { } transaction } entry) return null;
        _memory.Remove(entry);
        Answer(transaction, context);
        return transaction;
    }

    private void Answer(SmbTransaction transaction, in ParseContext context)
    {
        transaction.LastChanged = context.Time;
        SetStatus(transaction);
        SetDialect(transaction);

        // That a call was written says nothing of its answer, which is read later.
        bool goesOn = transaction is { Kind: SmbKind.Call, ResponseProgress: 0 } && _head.Status is SmbStatus.Success or SmbStatus.BufferOverflow;
        if (!goesOn) transaction.ResponseProgress = SmbProtocol.Complete;
    }

    private void SetStatus(SmbTransaction transaction)
    {
        transaction.StatusForm = _head.StatusForm;
        transaction.Status = _head.Status;
        if (_head.Version == 2) transaction.SessionId = _head.SessionId;
    }

    private void SetDialect(SmbTransaction transaction)
    {
        transaction.Dialect = _dialect;
        if (_dialectNameLength > 0 && transaction.DialectName.Length == 0) transaction.DialectName = transaction.Keep(((Span<byte>)_dialectName)[.._dialectNameLength]);
    }

    private void SetDialectName(ReadOnlySpan<byte> name)
    {
        _dialectNameLength = Math.Min(name.Length, 32);
        name[.._dialectNameLength].CopyTo(_dialectName);
    }

    /// <summary>What a flow forgets to make room completes; made once, because a closure per message would be garbage.</summary>
    private static readonly Action<SmbEntry> _forget = static entry =>
    {
        if (entry.Transaction is { } transaction) transaction.RequestProgress = transaction.ResponseProgress = SmbProtocol.Complete;
    };

    /// <summary>
    /// The oldest transaction that still waits is let go. That is an offence unless only one side is seen: then no
    /// answer can come.
    /// </summary>
    private void CompleteOldest(in ParseContext context)
    {
        foreach (Transaction one in Transactions)
        {
            if (one is { RequestProgress: SmbProtocol.Complete, ResponseProgress: SmbProtocol.Complete }) continue;
            if (((SmbTransaction)one).Entry is { } entry)
            {
                if (entry.File >= 0) context.Files.Close(entry.File, complete: false, context.Time);
                _memory.Remove(entry);
            }

            one.RequestProgress = one.ResponseProgress = SmbProtocol.Complete;
            if (_toServer.HasSpoken && _toClient.HasSpoken) one.Events.Add((int)SmbEvent.TooManyTransactions);
            if (!_toServer.HasSpoken) one.RequestInspected = true;
            if (!_toClient.HasSpoken) one.ResponseInspected = true;
            return;
        }
    }

    /// <summary>True when the bytes are calls over a pipe; what they say becomes transactions.</summary>
    private bool ReadCalls(UInt128 pipe, ReadOnlySpan<byte> bytes, Direction direction, in ParseContext context)
    {
        SmbEntry? entry = _memory.Find(SmbEntryKind.Pipe, pipe);
        if (entry is null)
        {
            if (!DcerpcHeader.TryRead(bytes, out _) || (entry = _memory.Put(SmbEntryKind.Pipe, pipe, _forget)) is null) return false;
            if ((entry.Pipe = pool.TakePipe()) is null) { _memory.Remove(entry); return false; }
        }

        _callsRead = false;
        return entry.Pipe!.Read(bytes, this, direction, context) && _callsRead;
    }

    private bool _callsRead;

    DcerpcExchange? IDcerpcHost.Open(in ParseContext context)
    {
        if (!pool.Calls.Exchanges.TryTake(out DcerpcExchange? exchange)) { Raise(SmbEvent.WorkerLimitReached); return null; }
        SmbTransaction? transaction = _head.IsResponse ? Open(SmbKind.Call, context) : OpenRequest(SmbKind.Call, context);
        if (transaction is null) { pool.Calls.Return(exchange); return null; }
        _callsRead = true;
        transaction.RequestProgress = 0;
        transaction.Exchange = exchange;
        exchange.Owner = transaction;
        return exchange;
    }

    DcerpcExchange? IDcerpcHost.Find(uint callId, Direction direction)
    {
        for (int at = Transactions.Count - 1; at >= 0; at--)
        {
            if (Transactions[at] is not SmbTransaction { Exchange: { } exchange } one || exchange.CallId != callId || one.Progress(direction) >= SmbProtocol.Complete) continue;
            _callsRead = true;
            if (_head.IsResponse) SetStatus(one);
            return exchange;
        }

        return null;
    }

    void IDcerpcHost.Finish(DcerpcExchange exchange, Direction direction)
    {
        if (direction == Direction.ToServer) exchange.Owner.RequestProgress = SmbProtocol.Complete;
        else exchange.Owner.ResponseProgress = SmbProtocol.Complete;
    }

    bool IDcerpcHost.KeepsResponseHead => false;

    void IDcerpcHost.Raise(DcerpcExchange exchange, DcerpcEvent what) => exchange.Owner.Events.Add((int)SmbEvent.MalformedData);
}
