using System.Text;
using Sensor.Alerts.Spool;
using Sensor.Primitives;

namespace Sensor.Tests.Alerts.Spool;

public class AlertSpoolTests
{
    private static readonly SpoolOptions Small = new() { MaximumBytes = 64 * 1024, SegmentBytes = 1024, RetryDelay = TimeSpan.Zero };

    private static byte[] Payload(int number, int length = 40) => Encoding.ASCII.GetBytes($"record {number} ".PadRight(length, '.'));

    private static AlertSpool Open(SimulatedDisk disk, SpoolOptions? options = null) => AlertSpool.Open(() => disk, options ?? Small);

    private static void Add(AlertSpool spool, int from, int to)
    {
        for (int i = from; i <= to; i++) Assert.True(spool.Append(SpoolRecordKind.Alert, Severity.High, Payload(i)));
    }

    private static List<SpoolRecord> ReadAll(AlertSpool spool)
    {
        var all = new List<SpoolRecord>();
        for (long from = 0; ;)
        {
            SpoolBatch batch = spool.ReadBatch(from, 7, 500);
            if (batch.IsEmpty) return all;
            all.AddRange(batch.Records);
            from = batch.LastSequence + 1;
        }
    }

    private static void AssertRecords(AlertSpool spool, int from, int to)
    {
        List<SpoolRecord> records = ReadAll(spool);
        Assert.Equal(Enumerable.Range(from, Math.Max(0, to - from + 1)).Select(i => (long)i), records.Select(record => record.Sequence));
        Assert.All(records, record => Assert.Equal(Payload((int)record.Sequence), record.Payload.ToArray()));
    }

    [Fact]
    public void Records_come_back_in_sequence_from_one_over_many_segments()
    {
        var disk = new SimulatedDisk();
        using AlertSpool spool = Open(disk);
        Add(spool, 1, 100);
        Assert.Empty(ReadAll(spool));
        Assert.True(spool.Flush());
        AssertRecords(spool, 1, 100);
        Assert.True(disk.List().Count > 4);
        Assert.Equal(100, spool.Status.DurableThrough);
    }

    [Fact]
    public void Acknowledged_records_are_never_handed_out_again_and_their_segments_go()
    {
        var disk = new SimulatedDisk();
        using (AlertSpool spool = Open(disk))
        {
            Add(spool, 1, 100);
            spool.Flush();
            long before = disk.Bytes;
            spool.Acknowledge(spool.Status.Epoch, 70);
            Assert.True(disk.Bytes < before / 2);
            AssertRecords(spool, 71, 100);
        }

        using AlertSpool again = Open(disk.AfterKill());
        AssertRecords(again, 71, 100);
        again.Acknowledge(again.Status.Epoch, 1000);
        Assert.Empty(ReadAll(again));
        Add(again, 101, 101);
        again.Flush();
        AssertRecords(again, 101, 101);
    }

    [Fact]
    public void Numbering_goes_on_and_epoch_stays_after_everything_was_acknowledged_and_the_state_was_lost()
    {
        var disk = new SimulatedDisk();
        long epoch;
        using (AlertSpool spool = Open(disk))
        {
            Add(spool, 1, 60);
            spool.Flush();
            epoch = spool.Status.Epoch;
            spool.Acknowledge(epoch, 60);
        }

        disk.Delete("state");
        using AlertSpool again = Open(disk);
        Assert.Equal(epoch, again.Status.Epoch);
        Add(again, 61, 61);
        again.Flush();
        Assert.Equal(61, again.Status.DurableThrough);
    }

    [Fact]
    public void A_batch_keeps_its_limits_but_hands_out_at_least_one()
    {
        using AlertSpool spool = Open(new SimulatedDisk());
        Add(spool, 1, 10);
        spool.Flush();
        Assert.Equal(3, spool.ReadBatch(3, 100_000).Records.Count);
        Assert.Equal(2, spool.ReadBatch(10, 80).Records.Count);
        Assert.Single(spool.ReadBatch(10, 1).Records);
    }

    [Fact]
    public void A_log_cut_at_any_byte_keeps_every_whole_record_before_the_cut_and_goes_on_counting()
    {
        var options = Small with { SegmentBytes = 16 * 1024 };
        var disk = new SimulatedDisk();
        using (AlertSpool spool = Open(disk, options))
        {
            Add(spool, 1, 12);
            spool.Flush();
        }

        string name = disk.List().Single(one => one.EndsWith(".seg", StringComparison.Ordinal));
        byte[] whole = disk[name];
        for (int cut = 0; cut <= whole.Length; cut++)
        {
            var torn = disk.AfterKill();
            torn[name] = whole[..cut];
            using AlertSpool spool = Open(torn, options);
            int kept = Math.Max(0, (cut - SegmentFormat.HeaderBytes) / SegmentFormat.RecordBytes(40));
            AssertRecords(spool, 1, kept);
            Add(spool, kept + 1, kept + 1);
            Assert.True(spool.Flush());
            AssertRecords(spool, 1, kept + 1);
            Assert.Equal(0, spool.Status.Damaged);
        }
    }

    [Fact]
    public void A_damaged_byte_anywhere_costs_at_most_the_record_it_lies_in()
    {
        var options = Small with { SegmentBytes = 512 };
        var disk = new SimulatedDisk();
        using (AlertSpool spool = Open(disk, options))
        {
            Add(spool, 1, 20);
            spool.Flush();
        }

        foreach (string name in disk.List().Where(one => one.EndsWith(".seg", StringComparison.Ordinal)))
        {
            for (int at = 0; at < disk[name].Length; at++)
            {
                SimulatedDisk damaged = disk.AfterKill();
                byte[] bytes = [.. damaged[name]];
                bytes[at] ^= 0x41;
                damaged[name] = bytes;
                using AlertSpool spool = Open(damaged, options);
                List<SpoolRecord> records = ReadAll(spool);
                int lost = 20 - records.Count;
                Assert.InRange(lost, at < SegmentFormat.HeaderBytes ? 0 : 1, at < SegmentFormat.HeaderBytes ? 0 : 1);
                Assert.All(records, record => Assert.Equal(Payload((int)record.Sequence), record.Payload.ToArray()));
                // The very last record is told from a torn write by nothing: it is cut off, and its number used again.
                bool last = !records.Exists(record => record.Sequence == 20);
                Assert.Equal(last ? 0 : lost, spool.Status.Damaged);
                Assert.True(spool.Append(SpoolRecordKind.Alert, Severity.High, Payload(last ? 20 : 21)));
                Assert.True(spool.Flush());
                Assert.Equal(last ? 20 : 21, ReadAll(spool)[^1].Sequence);
            }
        }
    }

    [Fact]
    public void Near_the_byte_limit_lesser_records_are_refused_and_high_ones_push_out_the_oldest()
    {
        var options = new SpoolOptions { MaximumBytes = 20_000, SegmentBytes = 2_000 };
        var disk = new SimulatedDisk();
        using AlertSpool spool = Open(disk, options);
        int[] taken = new int[5];
        foreach (Severity severity in new[] { Severity.Info, Severity.Low, Severity.Medium })
        {
            while (spool.Append(SpoolRecordKind.Alert, severity, Payload(1)))
            {
                taken[(int)severity]++;
                spool.Flush();
            }
        }

        Assert.All(taken[1..4], count => Assert.True(count > 0));
        Assert.Equal(3, spool.Status.Refused);
        for (int i = 0; i < 1000; i++)
        {
            Assert.True(spool.Append(SpoolRecordKind.Alert, Severity.High, Payload(2)));
            Assert.True(spool.Flush());
            Assert.InRange(disk.Bytes, 0, options.MaximumBytes);
        }

        SpoolStatus status = spool.Status;
        List<SpoolRecord> records = ReadAll(spool);
        Assert.Equal(status.Waiting, records.Count);
        Assert.Equal(taken.Sum() + 1000, status.Dropped + records.Count);
        Assert.All(records, record => Assert.Equal(Severity.High, record.Severity));
        Assert.Equal(status.DurableThrough, records[^1].Sequence);
    }

    [Fact]
    public void A_disk_that_refuses_leaves_alerts_in_memory_readable_and_they_move_to_disk_when_it_recovers()
    {
        var problems = new List<string?>();
        var disk = new SimulatedDisk();
        using AlertSpool spool = Open(disk);
        spool.ProblemChanged += problems.Add;
        Add(spool, 1, 3);
        spool.Flush();
        disk.IsReadOnly = true;
        Add(spool, 4, 6);
        Assert.False(spool.Flush());
        Assert.False(spool.Flush());
        spool.Acknowledge(spool.Status.Epoch, 3);
        SpoolBatch first = spool.ReadBatch(2, 10_000);
        Assert.True(first.IsVolatile);
        Assert.NotEqual(spool.Status.Epoch, first.Epoch);
        Assert.Equal([1, 2], first.Records.Select(record => record.Sequence));
        Assert.Equal(Payload(4), first.Records[0].Payload.ToArray());

        disk.IsReadOnly = false;
        Assert.True(spool.Flush());
        SpoolBatch durable = spool.ReadBatch(10, 10_000);
        Assert.False(durable.IsVolatile);
        Assert.Equal(Payload(6), Assert.Single(durable.Records).Payload.ToArray());
        Assert.Equal(4, durable.LastSequence);
        spool.Acknowledge(first.Epoch, 2);
        spool.Acknowledge(durable.Epoch, 4);
        Assert.Equal(0, spool.Status.Waiting);
        Assert.Equal(2, problems.Count);
        Assert.Contains("cannot write the alert spool", problems[0], StringComparison.Ordinal);
        Assert.Null(problems[1]);
    }

    [Fact]
    public void Memory_gives_up_the_least_severe_first_and_counts()
    {
        var disk = new SimulatedDisk { IsReadOnly = true };
        using AlertSpool spool = Open(disk, Small with { MemoryRecords = 10 });
        Assert.NotNull(spool.Status.Problem);
        for (int i = 0; i < 10; i++) spool.Append(SpoolRecordKind.Alert, i % 2 == 0 ? Severity.Low : Severity.Medium, Payload(i));
        for (int i = 0; i < 7; i++) spool.Append(SpoolRecordKind.Alert, Severity.High, Payload(100 + i));
        spool.Append(SpoolRecordKind.Alert, Severity.Info, Payload(0));
        SpoolStatus status = spool.Status;
        Assert.Equal(8, status.Dropped);
        SpoolBatch batch = spool.ReadBatch(100, 100_000);
        Assert.Equal(7, batch.Records.Count(record => record.Severity == Severity.High));
        Assert.Equal(3, batch.Records.Count(record => record.Severity == Severity.Medium));
    }

    [Fact]
    public void A_directory_spool_survives_reopening_and_refuses_a_second_owner()
    {
        string directory = Directory.CreateTempSubdirectory("spool").FullName;
        try
        {
            using (AlertSpool spool = AlertSpool.Open(directory, Small))
            {
                Add(spool, 1, 50);
                Assert.True(spool.Flush());
                spool.Acknowledge(spool.Status.Epoch, 20);
                using AlertSpool second = AlertSpool.Open(directory, Small);
                Assert.Contains("cannot open the alert spool", second.Status.Problem, StringComparison.Ordinal);
            }

            using AlertSpool again = AlertSpool.Open(directory, Small);
            Assert.Null(again.Status.Problem);
            AssertRecords(again, 21, 50);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Waiting_ends_when_records_arrive()
    {
        using AlertSpool spool = Open(new SimulatedDisk());
        Task waiting = spool.WaitForRecordsAsync(TimeSpan.FromMinutes(5), default);
        Assert.False(waiting.IsCompleted);
        Add(spool, 1, 1);
        spool.Flush();
        await waiting;
        Assert.Single(spool.ReadBatch(1, 1000).Records);
    }
}
