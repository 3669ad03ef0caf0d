using System.Text;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Tests.Support;
using Xunit;

namespace Sensor.Tests.Protocols;

/// <summary>
/// What every parser owes (the README's "A parser's duties"), tried on a conversation of its protocol: the same answer
/// however the bytes arrive, work that grows with the bytes and no faster, memory that stays flat when a side never ends,
/// no exception on damaged bytes, nothing allocated once warm.
/// </summary>
internal sealed class ParserDuties(IAppProtocol protocol, params (Direction Direction, byte[] Bytes)[] conversation)
{
    public static (Direction, byte[]) Client(string text) => (Direction.ToServer, Encoding.Latin1.GetBytes(text));

    public static (Direction, byte[]) Server(string text) => (Direction.ToClient, Encoding.Latin1.GetBytes(text));

    public ProtocolTranscript Transcript()
    {
        var transcript = new ProtocolTranscript(protocol);
        foreach ((Direction direction, byte[] bytes) in conversation) _ = direction == Direction.ToServer ? transcript.Client(bytes) : transcript.Server(bytes);
        return transcript;
    }

    public void AssertAll()
    {
        Transcript().AssertSameAtEverySplit();
        Transcript().AssertAllocatesNothing();
        AssertNeverThrows();
        AssertBoundAndLinear(Direction.ToServer);
        AssertBoundAndLinear(Direction.ToClient);
    }

    /// <summary>Bytes changed, left out, doubled and cut off, and pure noise behind a true beginning; the parser answers within its bytes and throws nothing.</summary>
    public void AssertNeverThrows(int rounds = 400)
    {
        var random = new Random(20_261_120);
        AppParser parser = protocol.CreateParser(new ProtocolOptions());
        for (int round = 0; round < rounds; round++)
        {
            var feed = new Feed(parser, protocol);
            foreach ((Direction direction, byte[] bytes) in conversation)
            {
                byte[] damaged = Damage(bytes, random);
                for (int at = 0; at < damaged.Length;)
                {
                    int piece = Math.Min(damaged.Length - at, 1 + random.Next(64));
                    feed.Add(direction, damaged.AsSpan(at, piece));
                    at += piece;
                }

                if (random.Next(20) == 0) feed.Miss(direction, 1 + random.Next(2000));
            }

            feed.End();
            parser.Reset();
            Assert.Empty(parser.Transactions);
        }
    }

    /// <summary>One side repeats what it said, and then a line without end, for as long as anybody listens; the other is silent.</summary>
    public void AssertBoundAndLinear(Direction direction)
    {
        byte[] said = [.. conversation.Where(step => step.Direction == direction).SelectMany(step => step.Bytes)];
        AppParser parser = protocol.CreateParser(new ProtocolOptions());
        foreach (byte[] text in (byte[][])[said, [(byte)'A'], [.. said, .. "B"u8]])
        {
            if (text.Length == 0) continue;
            byte[] piece = Repeated(text, 1400);
            var feed = new Feed(parser, protocol);
            for (int i = 0; i < 400; i++) feed.Add(direction, piece);
            long before = GC.GetAllocatedBytesForCurrentThread(), shownBefore = feed.Shown;
            for (int i = 0; i < 400; i++) feed.Add(direction, piece);
            long first = feed.Shown - shownBefore;
            for (int i = 0; i < 800; i++) feed.Add(direction, piece);
            long second = feed.Shown - shownBefore - first;
            long grown = GC.GetAllocatedBytesForCurrentThread() - before - feed.Own;
            Assert.True(grown <= 512 * 1024, $"{grown} bytes more after 1.7 MB of one side ({text.Length} bytes repeated)");
            Assert.True(second <= 2.5 * first + 100_000, $"twice the bytes were looked at {second} instead of {first} bytes");
            feed.End();
            parser.Reset();
        }
    }

    private static byte[] Repeated(byte[] text, int least)
    {
        List<byte> all = [];
        while (all.Count < least) all.AddRange(text);
        return [.. all];
    }

    private static byte[] Damage(byte[] bytes, Random random)
    {
        List<byte> damaged = [.. bytes];
        int wounds = random.Next(6);
        for (int i = 0; i < wounds && damaged.Count > 0; i++)
        {
            int at = random.Next(damaged.Count);
            switch (random.Next(5))
            {
                case 0: damaged[at] = (byte)random.Next(256); break;
                case 1: damaged.RemoveAt(at); break;
                case 2: damaged.Insert(at, (byte)random.Next(256)); break;
                case 3: damaged.RemoveRange(at, damaged.Count - at); break;
                default: damaged.InsertRange(at, damaged.GetRange(at, Math.Min(40, damaged.Count - at))); break;
            }
        }

        return [.. damaged];
    }

    /// <summary>Shows bytes as the engine does, gives finished transactions back, and counts what was shown.</summary>
    private sealed class Feed(AppParser parser, IAppProtocol protocol)
    {
        private readonly Flow _flow = new() { Slot = 0 };
        private readonly List<byte>[] _unread = [[], []];
        private readonly int[] _needed = new int[2];
        private readonly bool[] _broken = new bool[2];

        /// <summary>Bytes shown to the parser, those shown twice counted twice.</summary>
        public long Shown { get; private set; }

        /// <summary>Bytes this class itself allocated.</summary>
        public long Own { get; private set; }

        public void Add(Direction direction, ReadOnlySpan<byte> bytes)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            int side = (int)direction;
            _unread[side].AddRange(bytes);
            Own += GC.GetAllocatedBytesForCurrentThread() - before;
            while (!_broken[side] && _unread[side].Count >= Math.Max(1, _needed[side]) && parser is { HandOverTo: null, IsEncrypted: false })
            {
                before = GC.GetAllocatedBytesForCurrentThread();
                byte[] shown = [.. _unread[side]];
                Own += GC.GetAllocatedBytesForCurrentThread() - before;
                Shown += shown.Length;
                ParseResult result = parser.Parse(shown, Context(direction));
                Assert.InRange(result.Consumed, 0, shown.Length);
                _unread[side].RemoveRange(0, result.Consumed);
                _needed[side] = result.Status == ParseStatus.NeedMore ? result.Needed : 0;
                _broken[side] = result.Status == ParseStatus.Malformed;
                parser.ResumeOther = false;
                if (result.Consumed == 0 || result.Status == ParseStatus.NeedMore) break;
            }

            Clean();
        }

        public void Miss(Direction direction, long length)
        {
            int side = (int)direction;
            if (_broken[side] || parser.HandOverTo is not null) return;
            length += _unread[side].Count;
            _unread[side].Clear();
            _needed[side] = 0;
            _broken[side] = parser.Gap(length, Context(direction)) == ParseStatus.Malformed;
        }

        public void End()
        {
            parser.End(Context(Direction.ToServer));
            parser.End(Context(Direction.ToClient));
        }

        private ParseContext Context(Direction direction) => new() { Flow = _flow, Direction = direction, Time = default, Files = NoFiles.Instance };

        private void Clean()
        {
            TransactionList open = parser.Transactions;
            for (int i = open.Count - 1; i >= 0; i--)
            {
                Transaction one = open[i];
                if (one.RequestProgress < protocol.RequestComplete || one.ResponseProgress < protocol.ResponseComplete) continue;
                open.RemoveAt(i);
                parser.Release(one);
            }
        }
    }
}
