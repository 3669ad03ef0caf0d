using System.Text;
using Sensor.Primitives;
using Sensor.Streams;

namespace Sensor.Tests.Streams;

public sealed class ReassemblyTests
{
    private static Conversation Connected(StreamOptions? options = null) => new Conversation(options).Handshake();

    [Fact]
    public void Bytes_are_readable_when_the_other_side_acknowledges_them()
    {
        Conversation talk = Connected().Client("PA", "GET / HTTP/1.1\r\n", ack: 0);
        Assert.Equal("", talk.ToServer);
        Assert.Equal(StreamVerdict.Accepted | StreamVerdict.PayloadInStream, talk.Verdict);

        talk.Server("A", at: 0, ack: 5);
        Assert.Equal("GET /", talk.ToServer);
        talk.Server("PA", "HTTP/1.1 200 OK", at: 0, ack: 16);
        Assert.Equal("GET / HTTP/1.1\r\n", talk.ToServer);
        Assert.Equal(StreamVerdict.Accepted | StreamVerdict.PayloadInStream | StreamVerdict.NewToServer, talk.Verdict);
        Assert.Equal("", talk.ToClient);
        talk.Client("A", at: 16, ack: 15);
        Assert.Equal("HTTP/1.1 200 OK", talk.ToClient);
        Assert.Empty(talk.Events);
    }

    [Fact]
    public void Inline_bytes_are_readable_at_once()
    {
        Conversation talk = Connected(new StreamOptions { Inline = true }).Client("PA", "at once", ack: 0);
        Assert.Equal("at once", talk.ToServer);
    }

    [Theory]
    [InlineData(Conversation.ClientIsn)]
    [InlineData(0xFFFF_FFFAu)]      // the sequence numbers wrap inside the data
    [InlineData(0x7FFF_FFFAu)]
    public void Every_order_of_segments_gives_the_same_bytes(uint isn)
    {
        string[] segments = ["one-", "two--", "three---", "4", "five-"];
        foreach (int[] order in Permutations(segments.Length))
        {
            Conversation talk = new Conversation { ClientBase = isn }.Handshake();
            foreach (int index in order) talk.Client("A", segments[index], at: segments.Take(index).Sum(s => s.Length), ack: 0);
            talk.Server("A", ack: 23);
            Assert.Equal("one-two--three---4five-", talk.ToServer);
            Assert.Empty(talk.Events);
            Assert.Equal(0, talk.Tracker.BytesInUse);
        }
    }

    [Fact]
    public void Every_order_with_an_acknowledgment_after_each_segment_in_order_too()
    {
        string text = "abcdefghij";
        foreach (int[] order in Permutations(5))
        {
            Conversation talk = Connected();
            var seen = new bool[5];
            foreach (int index in order)
            {
                talk.Client("A", text.Substring(index * 2, 2), at: index * 2, ack: 0);
                seen[index] = true;
                talk.Server("A", ack: 2 * seen.TakeWhile(s => s).Count());
            }

            Assert.Equal(text, talk.ToServer);
        }
    }

    [Fact]
    public void A_segment_over_several_waiting_ones_fills_all_holes()
    {
        Conversation talk = Connected()
            .Client("A", "c", at: 2, ack: 0).Client("A", "e", at: 4, ack: 0).Client("A", "g", at: 6, ack: 0)
            .Client("A", "abcdefgh", at: 0, ack: 0).Server("A", ack: 8);
        Assert.Equal("abcdefgh", talk.ToServer);
        Assert.Empty(talk.Events);
    }

    [Fact]
    public void Bytes_acknowledged_but_never_seen_are_a_gap()
    {
        Conversation talk = Connected().Client("A", "GOOD", at: 4, ack: 0).Client("A", "DATA", at: 8, ack: 0);
        Assert.Equal("", talk.ToServer);
        talk.Server("A", ack: 12);
        Assert.Equal("[4]GOODDATA", talk.ToServer);
        Assert.Equal(["reassembly_seq_gap"], talk.Events);
        Assert.Equal((1L, 4L), (talk.Tracker.Counters.Gaps, talk.Tracker.Counters.GapBytes));
    }

    [Fact]
    public void Bytes_may_still_come_after_their_acknowledgment()
    {
        // Two taps merged: the acknowledgment overtakes the data.
        Conversation talk = Connected().Server("A", ack: 8);
        talk.Client("A", "late", at: 0, ack: 0);
        Assert.Equal("late", talk.ToServer);
        talk.Client("A", "more", at: 4, ack: 0);
        Assert.Equal("latemore", talk.ToServer);
        Assert.Empty(talk.Events);
    }

    [Fact]
    public void An_acknowledged_hole_is_given_up_when_the_sender_goes_on()
    {
        Conversation talk = Connected().Client("A", "ab", at: 0, ack: 0).Server("A", ack: 10).Client("A", "xy", at: 10, ack: 0).Server("A", ack: 12);
        Assert.Equal("ab[8]xy", talk.ToServer);
        Assert.Equal(["reassembly_seq_gap"], talk.Events);
    }

    [Fact]
    public void A_reset_shows_nothing_unacknowledged_the_end_of_the_flow_does()
    {
        Conversation talk = Connected().Client("A", "first", ack: 0).Client("A", "after the hole", at: 10, ack: 0).Server("RA", ack: 5);
        Assert.Equal("first", talk.ToServer);
        talk.End();
        Assert.Equal("first[5]after the hole", talk.ToServer);
        Assert.Empty(talk.Events);
        Assert.Equal((0, 0L), (talk.Tracker.Sessions, talk.Tracker.BytesInUse));
    }

    [Fact]
    public void Depth_cuts_and_says_so_once()
    {
        Conversation talk = Connected(new StreamOptions { ReassemblyDepth = 6 }).Client("A", "1234", ack: 0).Client("A", "5678", at: 4, ack: 0);
        Assert.Equal(StreamVerdict.Accepted, talk.Verdict);
        talk.Server("A", ack: 8).Client("A", "more", at: 8, ack: 0).Server("A", ack: 12);
        Assert.Equal("123456", talk.ToServer);
        Assert.True(talk.Session.ToServer.DepthReached);
        Assert.Equal(["reassembly_depth_reached"], talk.Events);
        Assert.Equal((1L, 0L), (talk.Tracker.Counters.DepthReached, talk.Tracker.BytesInUse));
    }

    [Fact]
    public void Depth_0_is_no_limit()
    {
        Conversation talk = Connected(new StreamOptions { ReassemblyDepth = 0 });
        string block = new('x', 60_000);
        for (int i = 0; i < 40; i++) talk.Client("A", block, at: i * 60_000L, ack: 0).Server("A", ack: (i + 1) * 60_000L);
        Assert.Equal(2_400_000, talk.ToServer.Length);
        Assert.False(talk.Session.ToServer.DepthReached);
    }

    [Fact]
    public void Refused_memory_becomes_a_gap_with_its_event()
    {
        Conversation talk = Connected(new StreamOptions { MemoryLimit = 4096 });
        talk.Client("A", new string('a', 1000), ack: 0).Client("A", new string('b', 4000), at: 1000, ack: 0);
        Assert.Equal(["reassembly_insert_memcap"], talk.Events);
        Assert.Equal(StreamVerdict.Accepted, talk.Verdict);
        talk.Server("A", ack: 1000).Server("A", ack: 5000).Client("A", "end", at: 5000, ack: 0).Server("A", ack: 5003);
        Assert.Equal(new string('a', 1000) + "[4000]end", talk.ToServer);
        Assert.Equal(1, talk.Tracker.Counters.RefusedByMemory);
    }

    [Fact]
    public void Waiting_segments_are_bounded()
    {
        Conversation talk = Connected(new StreamOptions { MaximumSegments = 16 });
        for (int i = 0; i < 40; i++) talk.Client("A", "x", at: 2 + (2 * i), ack: 0);
        Assert.Equal(24, talk.Events.Count(name => name == "reassembly_insert_limit"));
        Assert.Equal(24, talk.Tracker.Counters.RefusedBySegments);
        talk.Client("A", "ab", at: 0, ack: 0).Server("A", ack: 2);
        Assert.Equal("ab", talk.ToServer);
    }

    [Fact]
    public void A_reader_that_lags_keeps_its_bytes_and_may_ask_again()
    {
        Conversation talk = new Conversation { Trims = false }.Handshake();
        talk.Client("A", "hello ", ack: 0).Client("A", "[gap]", at: 10, ack: 0).Server("A", ack: 15);
        StreamHalf half = talk.Session.ToServer;
        half.InspectedTo = 2;
        talk.Tracker.Trim(talk.Session);
        Assert.Equal((2L, "llo "), (half.RetainedFrom, Encoding.ASCII.GetString(half.Read(2))));
        Assert.Equal((4L, 1L, 0L), (half.GapAt(6), half.GapAt(9), half.GapAt(10)));
        Assert.Equal("gap]", Encoding.ASCII.GetString(half.Read(11)));
        half.InspectionDone = true;
        talk.Tracker.Trim(talk.Session);
        Assert.Equal((15L, 0L, 0L), (half.RetainedFrom, half.KeptBytes, talk.Tracker.BytesInUse));
    }

    [Fact]
    public void Nobody_reading_costs_nothing()
    {
        Conversation talk = Connected();
        talk.Session.ToServer.ParsingDone = talk.Session.ToServer.InspectionDone = true;
        talk.Client("A", "unread", ack: 0);
        Assert.Equal((0L, StreamVerdict.Accepted), (talk.Tracker.BytesInUse, talk.Verdict));
    }

    [Theory]
    [InlineData(1460, false)]
    [InlineData(1460, true)]
    [InlineData(512, true)]
    public void Each_byte_is_moved_a_bounded_number_of_times(int segment, bool reversed)
    {
        // Work, not time: doubling the bytes must not more than double the copying.
        long small = MovedFor(500_000, segment, reversed), large = MovedFor(1_000_000, segment, reversed);
        Assert.InRange(small, 500_000, 4 * 500_000);
        Assert.InRange(large, 1_000_000, 4 * 1_000_000);
    }

    private static long MovedFor(int total, int segment, bool reversed)
    {
        Conversation talk = Connected();
        talk.Server("A", ack: 0);       // the first window that is scaled
        int count = total / segment;
        string data = new('d', segment);
        for (int i = 0; i < count; i++) talk.Client("A", data, at: (reversed ? count - 1 - i : i) * (long)segment, ack: 0);
        talk.Server("A", ack: count * (long)segment);
        Assert.Equal(count * segment, talk.ToServer.Length);
        return talk.Tracker.Counters.BytesMoved;
    }

    [Fact]
    public void Random_segments_never_show_bytes_that_were_not_sent()
    {
        var random = new Random(20);
        for (int round = 0; round < 300; round++)
        {
            byte[] text = new byte[200];
            for (int i = 0; i < text.Length; i++) text[i] = (byte)('a' + random.Next(26));
            Conversation talk = Connected();
            bool[] sent = new bool[200];
            for (int i = 0; i < 60; i++)
            {
                int at = random.Next(190), length = random.Next(1, Math.Min(30, 200 - at));
                talk.Client("A", Encoding.Latin1.GetString(text, at, length), at: at, ack: 0);
                if (i % 7 == 0) talk.Server("A", ack: random.Next(100));
            }

            talk.Server("A", ack: 200).End();
            Assert.Equal(200, Check(talk.ToServer, text));
            Assert.DoesNotContain("reassembly_overlap_different_data", talk.Events);
            Assert.Equal(0, talk.Tracker.BytesInUse);
        }
    }

    /// <summary>Compares what was read with what was sent; gaps are skipped by their length. Returns where it ends.</summary>
    private static int Check(string read, byte[] text)
    {
        int at = 0;
        for (int i = 0; i < read.Length;)
        {
            if (at < text.Length && read[i] == text[at])
            {
                i++;
                at++;
                continue;
            }

            Assert.Equal('[', read[i]);
            int close = read.IndexOf(']', i);
            at += int.Parse(read.AsSpan(i + 1, close - i - 1), System.Globalization.CultureInfo.InvariantCulture);
            i = close + 1;
        }

        return Math.Max(at, 200);
    }

    private static IEnumerable<int[]> Permutations(int count)
    {
        if (count == 0) return [[]];
        return Permutations(count - 1).SelectMany(shorter => Enumerable.Range(0, count).Select(at => (int[])[.. shorter[..at], count - 1, .. shorter[at..]]));
    }
}
