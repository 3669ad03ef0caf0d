using System.Buffers.Binary;
using Sensor.Primitives;

namespace Sensor.Protocols.Tls;

/// <summary>
/// Reads the records of a connection (RFC 8446 section 5, RFC 5246 section 6.2). Handshake records are waited for and
/// read; the content of all others is passed over as it comes. Once the handshake is done, <see cref="TlsSettings.Encryption"/>
/// says how much further to look.
/// </summary>
internal sealed class TlsParser(TlsPool pool, TlsSettings settings) : AppParser
{
    private const int RecordHeader = 5;

    private readonly TlsHandshake _handshake = new(pool, settings);
    private TlsSide _client = new(pool.Text), _server = new(pool.Text);
    private TlsTransaction? _connection;

    /// <summary>The server chose SSL 2: nothing after its hello is read.</summary>
    private bool _isSsl2;

    /// <summary>The transaction was complete and is gone; what still comes is not read.</summary>
    private bool _isOver;

    public override ParseResult Parse(ReadOnlySpan<byte> data, in ParseContext context)
    {
        if (_isSsl2 || !TryOpen(context, out TlsTransaction? connection)) return ParseResult.All(data.Length);
        connection.LastChanged = context.Time;
        ref TlsSide side = ref Side(context.Direction);
        if (side.IsLost)
        {
            if (!TlsProbe.LooksLikeRecord(data)) return data.Length < RecordHeader && !context.IsEnd ? ParseResult.Wait(0, RecordHeader) : ParseResult.All(data.Length);
            side.IsLost = false;
        }

        int consumed = 0;
        while (consumed < data.Length)
        {
            ReadOnlySpan<byte> rest = data[consumed..];
            if (side.SkipRecord > 0)
            {
                int skipped = Math.Min(side.SkipRecord, rest.Length);
                side.SkipRecord -= skipped;
                consumed += skipped;
                continue;
            }

            ParseResult record = side.HasBegun || !LooksLikeSsl2(rest, context.Direction)
                ? ReadRecord(rest, connection, ref side, context.Direction)
                : ReadSsl2(rest, connection, ref side, context.Direction);
            if (record.Status == ParseStatus.Malformed) return record;
            consumed += record.Consumed;
            if (record.Status == ParseStatus.NeedMore) return ParseResult.Wait(consumed, record.Needed);
            if (_isSsl2 || IsEncrypted) return ParseResult.All(data.Length);
        }

        return ParseResult.All(consumed);
    }

    public override ParseStatus Gap(long length, in ParseContext context)
    {
        ref TlsSide side = ref Side(context.Direction);
        if (length <= side.SkipRecord)
        {
            side.SkipRecord -= (int)length;
            return ParseStatus.Done;
        }

        side.SkipRecord = side.SkipMessage = 0;
        side.Message.Release();
        side.IsLost = true;
        return ParseStatus.Done;
    }

    public override void End(in ParseContext context)
    {
        if (_connection is not { } connection) return;
        Side(context.Direction).Message.Release();
        if (context.Direction == Direction.ToServer) connection.RequestProgress = TlsProgress.ClientFinished;
        else connection.ResponseProgress = TlsProgress.ServerFinished;
    }

    public override void Release(Transaction transaction)
    {
        var connection = (TlsTransaction)transaction;
        if (ReferenceEquals(connection, _connection))
        {
            _connection = null;
            _isOver = true;
        }

        connection.Reset();
        pool.Transactions.Return(connection);
    }

    public override void Reset()
    {
        base.Reset();
        _connection = null;
        _isSsl2 = _isOver = false;
        _client.Reset();
        _server.Reset();
    }

    private ref TlsSide Side(Direction direction)
    {
        if (direction == Direction.ToServer) return ref _client;
        return ref _server;
    }

    /// <summary>The one transaction of the connection, opened by its first byte.</summary>
    private bool TryOpen(in ParseContext context, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TlsTransaction? connection)
    {
        connection = _connection;
        if (connection is not null) return true;
        if (_isOver) return false;
        if (!pool.Transactions.TryTake(out connection))
        {
            Events.Add((int)TlsEvent.HandshakeLimitReached);
            IsEncrypted = true;
            return false;
        }

        connection.Id = NextTransactionId++;
        connection.Started = context.Time;
        Transactions.Add(connection);
        _connection = connection;
        return true;
    }

    private static bool LooksLikeSsl2(ReadOnlySpan<byte> rest, Direction direction) =>
        !RecordType.IsKnown(rest[0]) && Ssl2.Looks(rest, direction) != ParseStatus.Malformed;

    private ParseResult ReadSsl2(ReadOnlySpan<byte> rest, TlsTransaction connection, ref TlsSide side, Direction direction)
    {
        int taken = Ssl2.Read(rest, direction, connection, out bool goesOn);
        if (taken == 0) return ParseResult.Wait(0, rest.Length + 1);
        side.HasBegun = side.HasHello = true;
        if (direction == Direction.ToServer) connection.RequestProgress = TlsProgress.ClientHello;
        else connection.ResponseProgress = TlsProgress.ServerHello;
        if (goesOn)
        {
            _isSsl2 = true;
            FinishHandshake(connection, TlsProgress.ClientHandshake, TlsProgress.ServerHandshake);
        }

        return ParseResult.All(taken);
    }

    private ParseResult ReadRecord(ReadOnlySpan<byte> data, TlsTransaction connection, ref TlsSide side, Direction direction)
    {
        if (data.Length < RecordHeader) return ParseResult.Wait(0, RecordHeader);
        byte type = data[0];
        int version = BinaryPrimitives.ReadUInt16BigEndian(data[1..]);
        int length = BinaryPrimitives.ReadUInt16BigEndian(data[3..]);
        if (!Check(type, version, length, connection, ref side)) return ParseResult.Broken;

        switch (type)
        {
            case RecordType.Handshake when !side.IsCiphered || TlsVersion.Is13(connection.ServerVersion):
                if (data.Length < RecordHeader + length) return ParseResult.Wait(0, RecordHeader + length);
                _handshake.Read(data.Slice(RecordHeader, length), connection, ref side, direction);
                return ParseResult.All(RecordHeader + length);
            case RecordType.Alert when !side.IsCiphered && length == 2:
                if (data.Length < RecordHeader + length) return ParseResult.Wait(0, RecordHeader + length);
                if (data[RecordHeader] is not (1 or 2)) connection.Raise(TlsEvent.InvalidAlertMessage);
                return ParseResult.All(RecordHeader + length);
            case RecordType.Heartbeat:
                if (data.Length < RecordHeader + Math.Min(length, TlsHeartbeat.Header)) return ParseResult.Wait(0, RecordHeader + Math.Min(length, TlsHeartbeat.Header));
                TlsHeartbeat.Read(data[RecordHeader..], length, connection, ref side, ref Side(direction.Opposite()));
                break;
            case RecordType.ChangeCipherSpec:
                OnChangeCipherSpec(connection, ref side, direction);
                break;
            case RecordType.ApplicationData:
                OnApplicationData(connection, direction);
                break;
        }

        side.SkipRecord = length;
        return ParseResult.All(RecordHeader);
    }

    /// <summary>False when this is no record: the rest of the direction cannot be read.</summary>
    private static bool Check(byte type, int version, int length, TlsTransaction connection, ref TlsSide side)
    {
        bool first = !side.HasBegun;
        side.HasBegun = true;
        if (!RecordType.IsKnown(type))
        {
            connection.Raise(first ? TlsEvent.InvalidTlsHeader : TlsEvent.InvalidRecordType);
            return false;
        }

        if (version is < TlsVersion.Ssl3 or > TlsVersion.Tls13 && !TlsVersion.IsDraft13(version))
        {
            connection.Raise(TlsEvent.InvalidRecordVersion);
            return false;
        }

        if (length > TlsLimits.Record)
        {
            connection.Raise(TlsEvent.InvalidRecordLength);
            return false;
        }

        side.EmptyRecords = length == 0 ? side.EmptyRecords + 1 : 0;
        if (side.EmptyRecords > TlsLimits.EmptyRecords) connection.Raise(TlsEvent.TooManyRecordsInPacket);
        return true;
    }

    private void OnChangeCipherSpec(TlsTransaction connection, ref TlsSide side, Direction direction)
    {
        if (TlsVersion.Is13(connection.ServerVersion))
        {
            // For old middleboxes' sake only (RFC 8446 appendix D.4): a second hello may still follow in clear.
            if (direction == Direction.ToClient) connection.ResponseProgress = Math.Max(connection.ResponseProgress, TlsProgress.ServerHelloDone);
            return;
        }

        side.IsCiphered = true;
        if (direction == Direction.ToClient)
        {
            if (!_server.HasCertificate && _client.HasHello) connection.IsResumed = true;
            FinishHandshake(connection, 0, TlsProgress.ServerHandshake);
        }
        else if (_server.HasHello || (connection.States & TlsStates.ClientKeyExchange) != 0)
        {
            FinishHandshake(connection, TlsProgress.ClientHandshake, 0); // not yet for early data, which comes before the server's word
        }
    }

    private void OnApplicationData(TlsTransaction connection, Direction direction)
    {
        if (direction == Direction.ToServer)
        {
            if (_server.HasHello || !_client.HasHello) FinishHandshake(connection, TlsProgress.ClientHandshake, 0);
        }
        else
        {
            FinishHandshake(connection, 0, TlsProgress.ServerHandshake);
        }
    }

    /// <summary>A side is done with its handshake; with both done the connection is dark.</summary>
    private void FinishHandshake(TlsTransaction connection, int request, int response)
    {
        connection.RequestProgress = Math.Max(connection.RequestProgress, request);
        connection.ResponseProgress = Math.Max(connection.ResponseProgress, response);
        if (connection.RequestProgress < TlsProgress.ClientHandshake || connection.ResponseProgress < TlsProgress.ServerHandshake) return;
        if (settings.Encryption == EncryptionHandling.Full) return;
        StopRawInspection = true;
        if (settings.Encryption != EncryptionHandling.Bypass) return;
        IsEncrypted = true;
        connection.RequestProgress = TlsProgress.ClientFinished;
        connection.ResponseProgress = TlsProgress.ServerFinished;
    }
}
