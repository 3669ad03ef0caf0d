using System.Text;
using Sensor.Alerts;
using Sensor.Primitives;

namespace Sensor.Tests.Alerts;

public class EventQueueTests
{
    private const int Blocks = 64;

    private static EventQueue Small(bool waits = false) => new(new EventQueueOptions { Bytes = Blocks * EventQueue.BlockBytes, WaitWhenFull = waits });

    private static EventHeader Header(EventRank rank, long id = 0) =>
        new() { Kind = rank == EventRank.Record ? EventKind.Flow : EventKind.Alert, Rank = rank, FlowId = id };

    private static List<EventHeader> Drain(EventQueue queue)
    {
        var all = new List<EventHeader>();
        byte[] buffer = [];
        while (queue.TryRead(out EventHeader header, ref buffer)) all.Add(header);
        return all;
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(1023, 5)]
    [InlineData(1024, 0)]
    [InlineData(1024, 1)]
    [InlineData(1025, 2048)]
    [InlineData(3000, 1096)]
    [InlineData(10_000, 1)]
    public void Bytes_come_out_as_they_went_in(int jsonLength, int detailLength)
    {
        using EventQueue queue = Small();
        var random = new Random(jsonLength);
        byte[] json = new byte[jsonLength], details = new byte[detailLength], buffer = [];
        for (int round = 0; round < 200; round++)
        {
            random.NextBytes(json);
            random.NextBytes(details);
            Assert.True(queue.TryWrite(Header(EventRank.Low, round), json, details));
            Assert.True(queue.TryRead(out EventHeader header, ref buffer));
            Assert.Equal((round, jsonLength, detailLength), (header.FlowId, header.JsonLength, header.DetailLength));
            Assert.Equal([.. json, .. details], buffer[..header.TotalLength]);
        }
    }

    [Fact]
    public void Order_is_kept_between_ranks()
    {
        using EventQueue queue = Small();
        EventRank[] ranks = [EventRank.High, EventRank.Record, EventRank.Low, EventRank.High, EventRank.Info, EventRank.Record];
        for (int i = 0; i < ranks.Length; i++) queue.TryWrite(Header(ranks[i], i), "{}"u8, default);
        Assert.Equal([0, 1, 2, 3, 4, 5], Drain(queue).Select(header => header.FlowId));
    }

    [Fact]
    public void When_full_the_lowest_rank_goes_first_and_everything_is_counted()
    {
        using EventQueue queue = Small();
        EventRank[] ranks = [EventRank.Record, EventRank.Info, EventRank.Low, EventRank.Medium];
        for (int i = 0; i < Blocks; i++) Assert.True(queue.TryWrite(Header(ranks[i % 4], i), "{}"u8, default));

        // Records are refused by now, alerts displace them.
        Assert.False(queue.TryWrite(Header(EventRank.Record), "{}"u8, default));
        for (int i = 0; i < 24; i++) Assert.True(queue.TryWrite(Header(EventRank.High, 100 + i), "{}"u8, default));
        Assert.Equal(17, queue.Dropped(EventRank.Record));
        Assert.Equal(8, queue.Dropped(EventRank.Info));
        Assert.Equal(0, queue.Dropped(EventRank.Low));
        Assert.Equal(17, queue.Dropped(EventKind.Flow));
        Assert.Equal(8, queue.Dropped(EventKind.Alert));

        List<EventHeader> left = Drain(queue);
        Assert.Equal(Blocks, left.Count);
        Assert.Equal([(EventRank.Info, 8), (EventRank.Low, 16), (EventRank.Medium, 16), (EventRank.High, 24)], left.CountBy(header => header.Rank).Select(pair => (pair.Key, pair.Value)).Order());
        Assert.Equal(queue.Written(EventKind.Alert) + queue.Written(EventKind.Flow), left.Count + queue.Dropped(EventRank.Info) + 16);
    }

    [Fact]
    public void A_large_event_displaces_only_when_that_makes_room_enough()
    {
        using EventQueue queue = Small();
        byte[] quarter = new byte[queue.MaximumEventBytes];
        for (int i = 0; i < Blocks; i++) queue.TryWrite(Header(i < 60 ? EventRank.High : EventRank.Info, i), "{}"u8, default);
        Assert.False(queue.TryWrite(Header(EventRank.Medium), quarter, default));
        Assert.Equal(0, queue.Dropped(EventRank.Info));
        Assert.False(queue.TryWrite(Header(EventRank.High), new byte[queue.MaximumEventBytes + 1], default));
        Assert.Equal(Blocks, Drain(queue).Count);
        Assert.True(queue.TryWrite(Header(EventRank.Record), quarter, default));
    }

    [Fact]
    public async Task Producers_and_consumer_side_by_side_lose_nothing_when_told_to_wait()
    {
        using EventQueue queue = Small(waits: true);
        const int Each = 5_000;
        Task[] producers = [.. Enumerable.Range(0, 3).Select(producer => Task.Run(() =>
        {
            for (int i = 0; i < Each; i++) Assert.True(queue.TryWrite(Header(EventRank.Record, (producer * Each) + i), Encoding.ASCII.GetBytes($"{producer} {i}"), default));
        }))];
        byte[] buffer = [];
        int[] next = new int[3];
        for (int read = 0; read < 3 * Each;)
        {
            if (!queue.TryRead(out EventHeader header, ref buffer))
            {
                queue.WaitForEvents(TimeSpan.FromSeconds(1));
                continue;
            }

            int producer = (int)(header.FlowId / Each);
            Assert.Equal($"{producer} {next[producer]++}", Encoding.ASCII.GetString(buffer, 0, header.JsonLength));
            read++;
        }

        await Task.WhenAll(producers);
        Assert.Equal(0, queue.Dropped(EventKind.Flow));
    }

    [Fact]
    public void Writing_allocates_nothing_also_when_full()
    {
        using EventQueue queue = Small();
        byte[] json = new byte[700];
        for (int i = 0; i < 200; i++) queue.TryWrite(Header(EventRank.Low), json, default);
        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            for (int i = 0; i < 1000; i++) queue.TryWrite(Header(i % 2 == 0 ? EventRank.High : EventRank.Record), json, default);
        }));
    }
}
