using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sensor.Files;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Tests.Files;

public sealed class FileTrackerTests
{
    private sealed class Carrier : Transaction;

    private static readonly PacketTime s_time = PacketTime.FromUnix(1_700_000_000, 0);
    private static readonly byte[] s_content = [.. "%PDF-1.7\n"u8, .. Enumerable.Range(0, 3000).Select(number => (byte)(number * 7))];

    private readonly Flow _flow = new() { Slot = 0 };

    private static TrackedFile Only(Transaction carrier)
    {
        TransactionFiles files = TransactionFiles.Of(carrier)!;
        Assert.Equal(1, files.Count);
        return files[0];
    }

    private int Open(FileTracker tracker, Transaction carrier, string name = "a.pdf", Direction direction = Direction.ToClient) =>
        tracker.Open(_flow, carrier, direction, Encoding.Latin1.GetBytes(name), s_time);

    [Fact]
    public void Digests_and_type_are_the_same_however_the_content_arrives()
    {
        using var tracker = new FileTracker(new FileTrackerOptions { Hashes = FileHashes.All });
        foreach (int size in new[] { 1, 2, 7, 8, 1023, 1024, 1025, 4000 })
        {
            var carrier = new Carrier { Id = 5 };
            int handle = Open(tracker, carrier);
            foreach (byte[] piece in s_content.Chunk(size)) tracker.Append(handle, piece);
            tracker.Close(handle, complete: true, s_time);

            TrackedFile file = Only(carrier);
            Assert.Equal((FileState.Closed, s_content.Length, false, 5L), (file.State, file.Size, file.HasGaps, file.TransactionId));
            Assert.Equal(MD5.HashData(s_content), file.Md5.ToArray());
            Assert.Equal(SHA1.HashData(s_content), file.Sha1.ToArray());
            Assert.Equal(SHA256.HashData(s_content), file.Sha256.ToArray());
            Assert.Equal("PDF document, version 1.7", Encoding.ASCII.GetString(file.Type));
            tracker.TransactionReleased(carrier);
        }

        Assert.Equal(0, tracker.FilesInUse);
    }

    [Fact]
    public void Only_the_digests_asked_for_are_there()
    {
        using var tracker = new FileTracker(new FileTrackerOptions { Hashes = FileHashes.Md5 });
        var carrier = new Carrier();
        tracker.Close(Open(tracker, carrier), true, s_time);
        Assert.Equal(MD5.HashData([]), Only(carrier).Md5.ToArray());
        Assert.True(Only(carrier).Sha1.IsEmpty && Only(carrier).Sha256.IsEmpty);

        tracker.Hashes = FileHashes.None;
        var next = new Carrier();
        tracker.Close(Open(tracker, next), true, s_time);
        Assert.Equal(FileHashes.None, Only(next).Hashes);
    }

    [Fact]
    public void Gap_counts_as_size_and_leaves_no_digest()
    {
        using var tracker = new FileTracker();
        var carrier = new Carrier();
        int handle = Open(tracker, carrier);
        tracker.Append(handle, s_content.AsSpan(0, 100));
        tracker.Gap(handle, 50);
        tracker.Append(handle, s_content.AsSpan(150, 20));
        tracker.Close(handle, complete: true, s_time);
        TrackedFile file = Only(carrier);
        Assert.Equal((FileState.Truncated, 170L, true, FileHashes.None), (file.State, file.Size, file.HasGaps, file.Hashes));
        Assert.Equal("PDF document, version 1.7", Encoding.ASCII.GetString(file.Type));
    }

    [Fact]
    public void File_that_ends_early_is_truncated_and_has_no_digest()
    {
        using var tracker = new FileTracker();
        var carrier = new Carrier();
        int handle = Open(tracker, carrier);
        tracker.Append(handle, s_content);
        tracker.Close(handle, complete: false, s_time);
        Assert.Equal((FileState.Truncated, FileHashes.None), (Only(carrier).State, Only(carrier).Hashes));
    }

    [Fact]
    public void Digest_of_a_file_is_not_spoilt_by_an_unfinished_one_before_it()
    {
        using var tracker = new FileTracker(new FileTrackerOptions { MostHashing = 1 });
        var first = new Carrier();
        tracker.Append(Open(tracker, first), s_content);
        tracker.TransactionReleased(first);

        var second = new Carrier();
        int handle = Open(tracker, second);
        tracker.Append(handle, s_content);
        tracker.Close(handle, true, s_time);
        Assert.Equal(SHA256.HashData(s_content), Only(second).Sha256.ToArray());
    }

    [Fact]
    public void Handle_from_before_a_release_reaches_nobody()
    {
        using var tracker = new FileTracker(new FileTrackerOptions { MostFiles = 1 });
        var first = new Carrier();
        int old = Open(tracker, first);
        tracker.TransactionReleased(first);
        var second = new Carrier();
        int handle = Open(tracker, second);
        Assert.NotEqual(old, handle);
        tracker.Append(old, s_content);
        tracker.Close(old, true, s_time);
        Assert.Equal((0L, FileState.Open), (Only(second).Size, Only(second).State));
        tracker.Append(-1, s_content);
        tracker.Append(12345, s_content);
        tracker.Close(handle, true, s_time);
        tracker.Append(handle, s_content);
        Assert.Equal(0, Only(second).Size);
    }

    [Fact]
    public void Limits_refuse_and_count()
    {
        using var tracker = new FileTracker(new FileTrackerOptions { MostFiles = 3, MostFilesPerTransaction = 2, MostHashing = 1 });
        var first = new Carrier();
        Assert.True(Open(tracker, first) >= 0);
        Assert.True(Open(tracker, first) >= 0);
        Assert.Equal(-1, Open(tracker, first));
        Assert.Equal(1, tracker.HashesRefused);
        var second = new Carrier();
        Assert.True(Open(tracker, second) >= 0);
        Assert.Equal(-1, Open(tracker, second));
        Assert.Equal((5L, 2L), (tracker.FilesSeen, tracker.FilesRefused));
    }

    [Fact]
    public void File_beyond_the_hash_limit_has_no_digest_and_frees_its_hasher()
    {
        using var tracker = new FileTracker(new FileTrackerOptions { HashLimit = 1000, MostHashing = 1 });
        var big = new Carrier();
        int handle = Open(tracker, big);
        tracker.Append(handle, s_content);
        tracker.Append(handle, s_content);
        var small = new Carrier();
        int next = Open(tracker, small);
        tracker.Append(next, s_content.AsSpan(0, 10));
        tracker.Close(handle, true, s_time);
        tracker.Close(next, true, s_time);
        Assert.Equal((FileState.Closed, FileHashes.None), (Only(big).State, Only(big).Hashes));
        Assert.Equal(SHA256.HashData(s_content.AsSpan(0, 10)), Only(small).Sha256.ToArray());
    }

    [Theory]
    [InlineData("a.pdf", "pdf")]
    [InlineData("archive.tar.gz", "gz")]
    [InlineData("/dir.d/name", "")]
    [InlineData("Test\\2009-12 Payroll.xlsx", "xlsx")]
    [InlineData("noextension", "")]
    [InlineData("dot.", "")]
    [InlineData("", "")]
    public void Extension_is_what_follows_the_last_dot_of_the_last_part(string name, string expected)
    {
        using var tracker = new FileTracker();
        var carrier = new Carrier();
        Open(tracker, carrier, name);
        Assert.Equal(expected, Encoding.ASCII.GetString(Only(carrier).Extension));
    }

    [Fact]
    public void Overlong_name_is_cut()
    {
        using var tracker = new FileTracker();
        var carrier = new Carrier();
        Open(tracker, carrier, new string('n', 10_000));
        Assert.Equal(TrackedFile.MostName, Only(carrier).Name.Length);
    }

    [Fact]
    public void Change_is_told_until_it_is_taken_note_of()
    {
        using var tracker = new FileTracker();
        var carrier = new Carrier();
        int handle = Open(tracker, carrier);
        TransactionFiles files = TransactionFiles.Of(carrier)!;
        Assert.True(files.HasChanged(Direction.ToClient) && files.Any(Direction.ToClient));
        Assert.False(files.HasChanged(Direction.ToServer) || files.Any(Direction.ToServer));
        files[0].Changed = false;
        Assert.False(files.HasChanged(Direction.ToClient));
        tracker.Append(handle, s_content);
        Assert.True(files.HasChanged(Direction.ToClient));
    }

    [Fact]
    public void Record_says_what_is_known()
    {
        using var tracker = new FileTracker(new FileTrackerOptions { Hashes = FileHashes.Md5 });
        var carrier = new Carrier { Id = 3 };
        int handle = Open(tracker, carrier, "eicar.txt");
        tracker.SetRange(handle, 500, 1000);
        tracker.Append(handle, "hello"u8);
        tracker.Close(handle, true, s_time);
        Only(carrier).AddSid(7);
        Only(carrier).AddSid(7);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            FileRecord.Write(writer, Only(carrier));
            writer.WriteEndObject();
        }

        Assert.Equal(
            """{"fileinfo":{"filename":"eicar.txt","sid":[7],"magic":"ASCII text","gaps":false,"state":"CLOSED","md5":"5d41402abc4b2a76b9719d911017c592","stored":false,"start":500,"end":1000,"size":5,"tx_id":3}}""",
            Encoding.UTF8.GetString(stream.ToArray()));
    }

    [Fact]
    public void Nothing_is_allocated_once_warm()
    {
        using var tracker = new FileTracker(new FileTrackerOptions { Hashes = FileHashes.All });
        var carrier = new Carrier();
        byte[] name = "file.bin"u8.ToArray();
        for (int i = 0; i < 50; i++) Once(tracker, carrier, name);
        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            for (int i = 0; i < 50; i++) Once(tracker, carrier, name);
        }));
    }

    private void Once(FileTracker tracker, Carrier carrier, byte[] name)
    {
        int handle = tracker.Open(_flow, carrier, Direction.ToClient, name, s_time);
        tracker.Append(handle, s_content.AsSpan(0, 500));
        tracker.Append(handle, s_content.AsSpan(500));
        tracker.Close(handle, true, s_time);
        tracker.TransactionReleased(carrier);
    }
}
