using System.Buffers.Binary;
using Sensor.Primitives;
using Sensor.Protocols.Fields;

namespace Sensor.Protocols.Pgsql;

/// <summary>
/// Cuts both directions into messages (a letter, a length, a body; without the letter before the session begins). A
/// request opens a transaction; what the server says belongs to the oldest one it has not finished. Rows and copied
/// data are counted and passed over.
/// </summary>
internal sealed class PgsqlParser(TransactionPool<PgsqlTransaction> pool, int mostOpen) : PooledParser<PgsqlTransaction>(pool, mostOpen, (int)PgsqlEvent.TooManyTransactions)
{
    private const int Header = 5;

    private struct Side(ByteSlab slab)
    {
        public MessageBuffer Message = new(slab);
        public long Skip;
    }

    private Side _toServer = new(pool.Bytes), _toClient = new(pool.Bytes);
    private bool _started;

    public override ParseResult Parse(ReadOnlySpan<byte> data, in ParseContext context)
    {
        int all = data.Length;
        bool toServer = context.Direction == Direction.ToServer;
        ref Side side = ref (toServer ? ref _toServer : ref _toClient);
        while (!data.IsEmpty && HandOverTo is null)
        {
            if (side.Skip > 0)
            {
                int skipped = (int)Math.Min(side.Skip, data.Length);
                side.Skip -= skipped;
                data = data[skipped..];
                continue;
            }

            ParseStatus status = toServer ? (_started ? Typed(ref side, ref data, context) : Startup(ref side, ref data, context)) : Answer(ref side, ref data, context);
            if (status == ParseStatus.NeedMore) break;
            if (status == ParseStatus.Malformed) return Broken(toServer ? PgsqlEvent.MalformedRequest : PgsqlEvent.MalformedResponse, context);
        }

        return ParseResult.All(all - data.Length);
    }

    public override ParseStatus Gap(long length, in ParseContext context)
    {
        ref Side side = ref (context.Direction == Direction.ToServer ? ref _toServer : ref _toClient);
        if (length > side.Skip) return ParseStatus.Malformed;
        side.Skip -= length;
        return ParseStatus.Done;
    }

    public override void End(in ParseContext context)
    {
        foreach (Transaction one in Transactions)
        {
            if (context.Direction == Direction.ToServer) one.RequestProgress = PgsqlProtocol.Complete;
            else one.ResponseProgress = PgsqlProtocol.Complete;
        }
    }

    public override void Reset()
    {
        base.Reset();
        _toServer.Message.Release();
        _toClient.Message.Release();
        _toServer.Skip = _toClient.Skip = 0;
        _started = false;
    }

    private ParseStatus Startup(ref Side side, ref ReadOnlySpan<byte> data, in ParseContext context)
    {
        ParseStatus status = side.Message.Show(ref data, 8, out ReadOnlySpan<byte> message);
        if (status != ParseStatus.Done) return status;
        int length = BinaryPrimitives.ReadInt32BigEndian(message);
        if (length is < 8 or > PgsqlLimits.Startup) return ParseStatus.Malformed;
        status = side.Message.Show(ref data, length, out message);
        if (status != ParseStatus.Done) return status;
        if (Begin(context) is { } one)
        {
            if (!PgsqlReader.Startup(message, one)) return ParseStatus.Malformed;
            one.RequestProgress = PgsqlProtocol.Complete;
            if (one.Has((int)PgsqlField.CancelProcess)) one.ResponseProgress = PgsqlProtocol.Complete; // is never answered
        }

        _started = PgsqlCode.IsStartup(BinaryPrimitives.ReadInt32BigEndian(message[4..]));
        side.Message.Drop(ref data, length);
        return ParseStatus.Done;
    }

    /// <summary>Shows type and body of the next message, as much of it as is read; the rest is set to be skipped.</summary>
    private static ParseStatus Next(ref Side side, ref ReadOnlySpan<byte> data, int most, out byte type, out int length, out ReadOnlySpan<byte> body)
    {
        (type, length) = (0, 0);
        body = default;
        ParseStatus status = side.Message.Show(ref data, Header, out ReadOnlySpan<byte> message);
        if (status != ParseStatus.Done) return status;
        length = BinaryPrimitives.ReadInt32BigEndian(message[1..]) - 4;
        if (length is < 0 or > PgsqlLimits.LongestMessage) return ParseStatus.Malformed;
        type = message[0];
        int shown = Math.Min(length, PgsqlReader.IsCounted(type) ? 2 : most);
        status = side.Message.Show(ref data, Header + shown, out message);
        if (status == ParseStatus.Done) body = message[Header..];
        return status;
    }

    private ParseStatus Typed(ref Side side, ref ReadOnlySpan<byte> data, in ParseContext context)
    {
        ParseStatus status = Next(ref side, ref data, PgsqlLimits.Message, out byte type, out int length, out ReadOnlySpan<byte> body);
        if (status != ParseStatus.Done) return status;
        if (!PgsqlReader.IsRequest(type)) return ParseStatus.Malformed;
        PgsqlTransaction? one = Continues(type) ? (PgsqlTransaction)Transactions[^1] : Begin(context);
        if (one is not null)
        {
            one.LastChanged = context.Time;
            if (!PgsqlReader.Request(type, body, length, one)) return ParseStatus.Malformed;
            if (body.Length < length && !PgsqlReader.IsCounted(type)) one.Events.Add((int)PgsqlEvent.MessageTooComplex);
            if (!one.IsCopyingIn) one.RequestProgress = PgsqlProtocol.Complete;
            if (type == 'X') one.ResponseProgress = PgsqlProtocol.Complete;
        }

        side.Skip = length - body.Length;
        side.Message.Drop(ref data, Header + body.Length);
        return ParseStatus.Done;
    }

    /// <summary>Data of COPY, and the messages of an extended query after its first, go on with the open request.</summary>
    private bool Continues(byte type)
    {
        if (Transactions.Count == 0 || Transactions[^1].ResponseProgress == PgsqlProtocol.Complete) return false;
        return type is (byte)'d' or (byte)'c' or (byte)'f' ? ((PgsqlTransaction)Transactions[^1]).IsCopyingIn : type is (byte)'B' or (byte)'D' or (byte)'E' or (byte)'S' or (byte)'H' or (byte)'C';
    }

    private ParseStatus Answer(ref Side side, ref ReadOnlySpan<byte> data, in ParseContext context)
    {
        PgsqlTransaction? one = Unanswered();
        if (one is { AwaitsEncryptionAnswer: true } && side.Message.IsEmpty && data[0] is (byte)'S' or (byte)'N' or (byte)'G')
        {
            one!.AwaitsEncryptionAnswer = false;
            one.Add((int)PgsqlField.SslAccepted, data[0] == 'N' ? 0 : 1);
            if (data[0] == 'S') HandOverTo = "tls";
            else if (data[0] == 'G') IsEncrypted = true;
            Finish(one);
            data = data[1..];
            return ParseStatus.Done;
        }

        ParseStatus status = Next(ref side, ref data, PgsqlLimits.Message, out byte type, out int length, out ReadOnlySpan<byte> body);
        if (status != ParseStatus.Done) return status;
        if (one is not null)
        {
            one.LastChanged = context.Time;
            if (!PgsqlReader.Response(type, body, length, one, out bool isLast)) return ParseStatus.Malformed;
            if (isLast) Finish(one);
        }

        side.Skip = length - body.Length;
        side.Message.Drop(ref data, Header + body.Length);
        return ParseStatus.Done;
    }

    private void Finish(PgsqlTransaction one)
    {
        one.ResponseProgress = PgsqlProtocol.Complete;
        if (one.IsCut) one.Events.Add((int)PgsqlEvent.MessageTooComplex);
        ChangedOther = true;
    }

    private PgsqlTransaction? Unanswered()
    {
        foreach (Transaction one in Transactions)
        {
            if (one.ResponseProgress < PgsqlProtocol.Complete) return (PgsqlTransaction)one;
        }

        return null;
    }

    /// <summary>Transactions count from 1, as in the reference engine's records.</summary>
    private PgsqlTransaction? Begin(in ParseContext context)
    {
        if (NextTransactionId == 0) NextTransactionId = 1;
        return Open(context);
    }

    private ParseResult Broken(PgsqlEvent what, in ParseContext context)
    {
        PgsqlTransaction? one = Transactions.Count > 0 ? (PgsqlTransaction)Transactions[^1] : Begin(context);
        one?.Events.Add((int)what);
        return ParseResult.Broken;
    }
}
