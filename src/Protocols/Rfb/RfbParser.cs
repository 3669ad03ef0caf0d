using System.Buffers.Binary;
using Sensor.Primitives;

namespace Sensor.Protocols.Rfb;

/// <summary>What the RFB parsers of one worker share.</summary>
internal sealed class RfbPool
{
    private const long MostBytes = 16L * 1024 * 1024;
    private const int MostTransactions = 32_768;

    public RfbPool() => Transactions = new ObjectSlab<RfbTransaction>(() => new RfbTransaction(Bytes), 4, MostTransactions);

    public ByteSlab Bytes { get; } = new(MostBytes);

    public ObjectSlab<RfbTransaction> Transactions { get; }
}

/// <summary>
/// The handshake of a remote framebuffer connection (RFC 6143 section 7.1 to 7.3). Each side goes through a list of
/// messages; what one side may say next can depend on what the other chose, then it waits for it.
/// </summary>
internal sealed class RfbParser(RfbPool pool) : AppParser
{
    private const int VersionLength = 12, ChallengeLength = 16, ScreenLength = 24, LongestName = 4096;

    /// <summary>Bytes a side may say before its turn; one that says more and is not answered speaks something else.</summary>
    private const int MostEarly = 256;

    private const int NoSecurity = 1, VncSecurity = 2;

    private enum Step : byte { Version, Security, Challenge, Result, Init, Done }

    private RfbTransaction? _connection;
    private Step _server, _client;
    private int _minor;
    private bool _isOver;

    public override ParseResult Parse(ReadOnlySpan<byte> data, in ParseContext context)
    {
        if (!TryOpen(context)) return ParseResult.All(data.Length);
        RfbTransaction one = _connection!;
        bool isServer = context.Direction == Direction.ToClient;
        int at = 0;
        while (at < data.Length)
        {
            if ((isServer ? _server : _client) == Step.Done) return ParseResult.All(data.Length);
            ReadOnlySpan<byte> rest = data[at..];
            Step before = isServer ? _server : _client;
            int taken = isServer ? Server(rest, one, out int needed) : Client(rest, one, out needed);
            if (taken == 0 && needed > rest.Length) return ParseResult.Wait(at, needed);
            if (taken == 0 && (isServer ? _server : _client) == before)
            {
                if (rest.Length <= MostEarly) return ParseResult.Wait(at);
                one.Raise(RfbEvent.ConfusedState);
                _server = _client = Step.Done;
                continue;
            }

            one.LastChanged = context.Time;
            at += taken;
            ResumeOther = true;
        }

        return ParseResult.All(at);
    }

    public override ParseStatus Gap(long length, in ParseContext context) =>
        (context.Direction == Direction.ToClient ? _server : _client) == Step.Done ? ParseStatus.Done : ParseStatus.Malformed;

    public override void End(in ParseContext context)
    {
        if (_connection is not { } one) return;
        if (context.Direction == Direction.ToServer) one.RequestProgress = RfbProgress.Complete;
        else one.ResponseProgress = RfbProgress.Complete;
    }

    public override void Release(Transaction transaction)
    {
        if (ReferenceEquals(transaction, _connection))
        {
            _connection = null;
            _isOver = true;
        }

        transaction.Reset();
        pool.Transactions.Return((RfbTransaction)transaction);
    }

    public override void Reset()
    {
        base.Reset();
        _connection = null;
        _isOver = false;
        _server = _client = Step.Version;
        _minor = 0;
    }

    private bool TryOpen(in ParseContext context)
    {
        if (_connection is not null) return true;
        if (_isOver || !pool.Transactions.TryTake(out RfbTransaction? one)) return false;
        one.Id = NextTransactionId++;
        one.Started = one.LastChanged = context.Time;
        Transactions.Add(one);
        _connection = one;
        return true;
    }

    /// <summary>Bytes taken; 0 when <paramref name="needed"/> bytes have to be there, or the client's turn comes first (then 0 is needed).</summary>
    private int Server(ReadOnlySpan<byte> rest, RfbTransaction one, out int needed)
    {
        needed = 0;
        switch (_server)
        {
            case Step.Version:
                if (rest.Length < (needed = VersionLength)) return 0;
                one.ServerVersion = KeepVersion(rest, one);
                _server = Step.Security;
                return VersionLength;
            case Step.Security:
                if (_client == Step.Version) return 0;
                return ServerSecurity(rest, one, out needed);
            case Step.Challenge:
                if (one.SecurityType < 0) return 0;
                if (one.SecurityType != VncSecurity) { AfterSecurity(one); return 0; }
                if (rest.Length < (needed = ChallengeLength)) return 0;
                one.Challenge = one.Text.Keep(rest[..ChallengeLength]);
                _server = Step.Result;
                return ChallengeLength;
            case Step.Result:
                if (rest.Length < (needed = 4)) return 0;
                Result(BinaryPrimitives.ReadUInt32BigEndian(rest), one);
                return 4;
            default:
                return Screen(rest, one, out needed);
        }
    }

    private int ServerSecurity(ReadOnlySpan<byte> rest, RfbTransaction one, out int needed)
    {
        if (_minor < 7)
        {
            if (rest.Length < (needed = 4)) return 0;
            one.SecurityType = (int)Math.Min(int.MaxValue, BinaryPrimitives.ReadUInt32BigEndian(rest));
            _server = Step.Challenge;
            Chosen(one);
            return 4;
        }

        needed = 1 + rest[0];
        if (rest.Length < needed) return 0;
        _server = rest[0] == 0 ? Step.Done : Step.Challenge;
        return needed;
    }

    private int Client(ReadOnlySpan<byte> rest, RfbTransaction one, out int needed)
    {
        needed = 0;
        switch (_client)
        {
            case Step.Version:
                if (rest.Length < (needed = VersionLength)) return 0;
                one.ClientVersion = KeepVersion(rest, one);
                _minor = MinorOf(rest);
                _client = _minor < 7 ? Step.Challenge : Step.Security;
                return VersionLength;
            case Step.Security:
                if (_server == Step.Version || _server == Step.Security) return 0;
                one.SecurityType = rest[0];
                _client = Step.Challenge;
                Chosen(one);
                return 1;
            case Step.Challenge:
                if (one.SecurityType < 0) return 0;
                if (one.SecurityType != VncSecurity) { _client = Step.Init; return 0; }
                if (one.Challenge.IsEmpty) return 0;
                if (rest.Length < (needed = ChallengeLength)) return 0;
                one.Response = one.Text.Keep(rest[..ChallengeLength]);
                _client = Step.Init;
                return ChallengeLength;
            default:
                one.HasShared = true;
                one.IsShared = rest[0] != 0;
                _client = Step.Done;
                return 1;
        }
    }

    /// <summary>Other ways to prove who one is end what can be read.</summary>
    private void Chosen(RfbTransaction one)
    {
        one.RequestProgress = Math.Max(one.RequestProgress, RfbProgress.Security);
        one.ResponseProgress = Math.Max(one.ResponseProgress, RfbProgress.Security);
        if (one.SecurityType is NoSecurity or VncSecurity) return;
        one.Raise(RfbEvent.UnimplementedSecurityType);
        _server = _client = Step.Done;
    }

    /// <summary>Without authentication only version 3.8 states a result (RFC 6143 section 7.1.3).</summary>
    private void AfterSecurity(RfbTransaction one)
    {
        _server = _minor >= 8 ? Step.Result : Step.Init;
        if (_server == Step.Init) one.ResponseProgress = Math.Max(one.ResponseProgress, RfbProgress.Authenticated);
    }

    private void Result(uint result, RfbTransaction one)
    {
        one.SecurityResult = result;
        if (result > 2) one.Raise(RfbEvent.UnknownSecurityResult);
        one.ResponseProgress = Math.Max(one.ResponseProgress, RfbProgress.Authenticated);
        _server = result == 0 ? Step.Init : Step.Done;
        if (result != 0) one.RequestProgress = one.ResponseProgress = RfbProgress.Complete;
    }

    private int Screen(ReadOnlySpan<byte> rest, RfbTransaction one, out int needed)
    {
        if (rest.Length < (needed = ScreenLength)) return 0;
        uint name = BinaryPrimitives.ReadUInt32BigEndian(rest[20..]);
        if (name > LongestName)
        {
            one.Raise(RfbEvent.MalformedMessage);
            _server = Step.Done;
            return ScreenLength;
        }

        if (rest.Length < (needed = ScreenLength + (int)name)) return 0;
        one.HasScreen = true;
        one.Width = BinaryPrimitives.ReadUInt16BigEndian(rest);
        one.Height = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
        one.PixelFormat = one.Text.Keep(rest.Slice(4, 16));
        one.Name = one.Text.Keep(rest.Slice(ScreenLength, (int)name));
        one.RequestProgress = one.ResponseProgress = RfbProgress.Complete;
        _server = Step.Done;
        return needed;
    }

    /// <summary>"RFB 003.008\n": the six digits and what divides them.</summary>
    private static TextRange KeepVersion(ReadOnlySpan<byte> line, RfbTransaction one)
    {
        if (!RfbProtocol.LooksLikeVersion(line)) one.Raise(RfbEvent.MalformedMessage);
        return one.Text.Keep(line.Slice(4, 7));
    }

    private static int MinorOf(ReadOnlySpan<byte> line) => System.Buffers.Text.Utf8Parser.TryParse(line.Slice(8, 3), out int minor, out _) ? minor : 0;
}
