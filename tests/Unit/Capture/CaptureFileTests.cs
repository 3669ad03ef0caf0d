using Sensor.Capture;
using Sensor.Primitives;
using static Sensor.Tests.Capture.CaptureBytes;

namespace Sensor.Tests.Capture;

public class CaptureFileTests
{
    private static readonly byte[] First = [1, 2, 3, 4, 5], Second = [.. Enumerable.Range(0, 64).Select(i => (byte)i)];

    [Theory]
    [InlineData(0xA1B2C3D4, false, 1000, 0)]
    [InlineData(0xA1B2C3D4, true, 1000, 0)]
    [InlineData(0xA1B23C4D, false, 1, 0)]
    [InlineData(0xA1B23C4D, true, 1, 0)]
    [InlineData(0xA1B2CD34, false, 1000, 8)]
    [InlineData(0xA1B2CD34, true, 1000, 8)]
    public void Pcap_of_every_kind(uint magic, bool big, long unit, int extra)
    {
        byte[] file = Pcap(magic, big, 1, Record(big, 10, 7, First, wire: 1500, extra: new byte[extra]), Record(big, 11, 8, Second, wire: 0, extra: new byte[extra]));
        foreach (byte[] form in (byte[][])[file, Gzip(file)])
        {
            List<Kept> frames = ReadAll(form, out string? note);
            Assert.Null(note);
            Assert.Equal((1ul, 10_000_000_000L + (7 * unit), 1500, LinkType.Ethernet), (frames[0].Number, frames[0].Nanoseconds, frames[0].WireLength, frames[0].Link));
            Assert.Equal(First, frames[0].Bytes);
            Assert.Equal((2ul, 11_000_000_000L + (8 * unit), 64), (frames[1].Number, frames[1].Nanoseconds, frames[1].WireLength));
            Assert.Equal(Second, frames[1].Bytes);
        }
    }

    [Fact]
    public void The_upper_bits_of_the_link_type_are_about_check_sequences() =>
        Assert.Equal(LinkType.Ethernet, ReadAll(Pcap(0xA1B2C3D4, false, 0x3000_0001, Record(false, 1, 1, First)), out _)[0].Link);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pcapng_with_sections_interfaces_and_every_packet_block(bool big)
    {
        byte[] file = Join(
            Section(big),
            Interface(big, 1),
            Interface(big, 101, Option(big, 9, [9]), Option(big, 14, big ? [0, 0, 0, 0, 0, 0, 0, 100] : [100, 0, 0, 0, 0, 0, 0, 0])),
            Interface(big, 276, Option(big, 9, [0x80 | 10]), Option(big, 0, [])),
            Block(big, 0x0BAD, Second),
            Enhanced(big, 0, 5_000_001, First, wire: 99),
            Enhanced(big, 1, 7, First),
            Enhanced(big, 2, 2048 + 512, Second),
            Simple(big, Second),
            Section(!big),
            Interface(!big, 113),
            Obsolete(!big, 0, 9, First));
        List<Kept> frames = ReadAll(file, out string? note);
        Assert.Null(note);
        Assert.Equal([LinkType.Ethernet, LinkType.Raw, LinkType.LinuxSll2, LinkType.Ethernet, LinkType.LinuxSll], frames.Select(frame => frame.Link));
        Assert.Equal([5_000_001_000, 100_000_000_007, 2_500_000_000, 2_500_000_000, 9000], frames.Select(frame => frame.Nanoseconds));
        Assert.Equal([99, 5, 64, 64, 5], frames.Select(frame => frame.WireLength));
        Assert.Equal([First, First, Second, Second, First], frames.Select(frame => frame.Bytes));
    }

    public static TheoryData<string, byte[]> Files => new()
    {
        { "pcap", Pcap(0xA1B2C3D4, false, 1, Record(false, 10, 7, First), Record(false, 11, 8, Second)) },
        { "pcapng", Join(Section(true), Interface(true, 1), Enhanced(true, 0, 1, First), Block(true, 5, Second), Enhanced(true, 0, 2, Second)) },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_cut_anywhere_gives_the_frames_before_and_says_where(string name, byte[] file)
    {
        Assert.NotNull(name);
        for (int length = 0; length < file.Length; length++)
        {
            List<Kept> frames;
            string? note;
            try
            {
                frames = ReadAll(file[..length], out note);
            }
            catch (CaptureException refused)
            {
                Assert.StartsWith("cannot read capture: test.pcap: ", refused.Message, StringComparison.Ordinal);
                continue;
            }

            Assert.True(frames.Count <= 1);
            Assert.True(note is null or { Length: > 0 });
            if (note is not null) Assert.Contains("at byte ", note, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_packed_file_cut_anywhere_does_not_throw(string name, byte[] file)
    {
        Assert.NotNull(name);
        byte[] packed = Gzip(file);
        for (int length = 0; length < packed.Length; length++)
        {
            try
            {
                ReadAll(packed[..length], out _);
            }
            catch (CaptureException)
            {
            }
        }
    }

    [Fact]
    public void Lengths_beyond_reason_end_the_file_with_a_note()
    {
        Assert.Single(ReadAll(Pcap(0xA1B2C3D4, false, 1, Record(false, 1, 1, First), Record(false, 1, 1, First, captured: 262145)), out string? note));
        Assert.Equal("test.pcap: a record claims 262145 bytes (most possible: 262144) at byte 45; the frames before it were read", note);
        byte[] liar = Join(Section(false), Interface(false, 1), Enhanced(false, 0, 1, First));
        liar[^(4 + 8 + 8)] = 200; // the captured length inside the block
        Assert.Empty(ReadAll(liar, out note));
        Assert.Contains("a packet block makes no sense", note, StringComparison.Ordinal);
        Assert.Empty(ReadAll(Join(Section(false), U32(6, false), U32(3, false), new byte[20]), out note));
        Assert.Contains("a block claims 3 bytes", note, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_capture_is_refused_with_its_first_bytes()
    {
        string text = Assert.Throws<CaptureException>(() => CaptureFile.Open(new MemoryStream("GET / HTTP/1.1"u8.ToArray()), "x.pcap")).Message;
        Assert.Equal("cannot read capture: x.pcap: not a pcap or pcapng file (begins with 474554202f204854)", text);
        text = Assert.Throws<CaptureException>(() => CaptureFile.Open(new MemoryStream([]), "x.pcap")).Message;
        Assert.Equal("cannot read capture: x.pcap: not a pcap or pcapng file (it is empty)", text);
        text = Assert.Throws<CaptureException>(() => CaptureFile.Open("/nonexistent/x.pcap")).Message;
        Assert.StartsWith("cannot read capture: /nonexistent/x.pcap: ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unsupported_link_type_is_named()
    {
        string text = Assert.Throws<CaptureException>(() => ReadAll(Pcap(0xA1B2C3D4, false, 127), out _)).Message;
        Assert.StartsWith("cannot read capture: test.pcap: link type 127 (IEEE802_11_RADIO) is not supported; supported are NULL, EN10MB", text, StringComparison.Ordinal);
        Assert.Throws<CaptureException>(() => ReadAll(Join(Section(false), Interface(false, 127), Enhanced(false, 0, 1, First)), out _));
    }

    [Fact]
    public void One_strange_interface_among_others_does_not_end_the_file()
    {
        byte[] file = Join(Section(false), Interface(false, 1), Interface(false, 127), Enhanced(false, 0, 1, First), Enhanced(false, 1, 1, First), Enhanced(false, 0, 2, Second));
        Assert.Equal(3, ReadAll(file, out string? note).Count);
        Assert.Null(note);
    }

    [Fact]
    public void What_the_writer_wrote_the_reader_reads()
    {
        var stream = new MemoryStream();
        using (var writer = new CaptureFileWriter(stream, LinkType.LinuxSll2))
        {
            writer.Write(First, new PacketTime(1_700_000_000_123_456_789), 2000);
            writer.Write(Second, new PacketTime(1_700_000_001_000_000_000));
        }

        List<Kept> frames = ReadAll(stream.ToArray(), out _);
        Assert.Equal((1_700_000_000_123_456_789, 2000, LinkType.LinuxSll2), (frames[0].Nanoseconds, frames[0].WireLength, frames[0].Link));
        Assert.Equal(Second, frames[1].Bytes);
    }

    [Fact]
    public void Frames_longer_than_the_read_buffer_pieces_stay_whole()
    {
        byte[] big = new byte[262144];
        new Random(3).NextBytes(big);
        byte[] file = Pcap(0xA1B2C3D4, false, 1, [.. Enumerable.Range(0, 12).Select(i => Record(false, (uint)i, 0, big))]);
        List<Kept> frames = ReadAll(file, out _);
        Assert.Equal(12, frames.Count);
        Assert.All(frames, frame => Assert.True(frame.Bytes.AsSpan().SequenceEqual(big)));
    }

    [Fact]
    public void Absurd_clocks_do_not_throw()
    {
        foreach (byte resolution in (byte[])[0, 9, 10, 19, 28, 29, 127, 0x80, 0xBF, 0xFF])
        {
            byte[] file = Join(Section(false), Interface(false, 1, Option(false, 9, [resolution])), Enhanced(false, 0, ulong.MaxValue, First));
            Assert.Single(ReadAll(file, out _));
        }
    }
}
