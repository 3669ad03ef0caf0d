using System.Globalization;
using System.Text;
using Sensor.Alerts.Spool;
using Sensor.Primitives;

namespace Sensor.Tests.Alerts.Spool;

/// <summary>Random histories against a receiver that drops what it has seen by (epoch, sequence), as the portal does.</summary>
public class AlertSpoolModelTests
{
    private static readonly SpoolOptions Options = new() { MaximumBytes = 1 << 20, SegmentBytes = 700, RetryDelay = TimeSpan.Zero };

    private sealed class Receiver
    {
        public Dictionary<(long Epoch, long Sequence), int> Seen { get; } = [];

        public void Take(SpoolBatch batch)
        {
            foreach (SpoolRecord record in batch.Records)
            {
                int number = int.Parse(Encoding.ASCII.GetString(record.Payload.Span).TrimEnd('.'), CultureInfo.InvariantCulture);
                // One name never stands for two records: the receiver would lose the second.
                if (!Seen.TryAdd((batch.Epoch, record.Sequence), number)) Assert.True(Seen[(batch.Epoch, record.Sequence)] == number, $"{record.Sequence} is {number} and was {Seen[(batch.Epoch, record.Sequence)]}, volatile {batch.IsVolatile}");
            }
        }
    }

    private static byte[] Payload(int number, Random random) =>
        Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture).PadRight(8 + random.Next(120), '.'));

    private sealed class History(int seed, bool withRefusals)
    {
        private readonly Random _random = new(seed);
        private readonly Receiver _receiver = new();
        private readonly HashSet<int> _durable = [];
        private readonly List<int> _pending = [];
        private int _next = 1;

        public void Run()
        {
            var disk = new SimulatedDisk();
            for (int life = 0; life < 12; life++)
            {
                disk.CrashAt = disk.Operations + _random.Next(60);
                try
                {
                    using AlertSpool spool = AlertSpool.Open(() => disk, Options);
                    Live(spool, disk);
                }
                catch (SimulatedCrashException)
                {
                }

                _pending.Clear();
                disk = _random.Next(2) == 0 ? disk.AfterPowerCut(_random) : disk.AfterKill();
            }

            using AlertSpool last = AlertSpool.Open(() => disk, Options);
            Assert.Null(last.Status.Problem);
            for (SpoolBatch batch = last.ReadBatch(50, 10_000); !batch.IsEmpty; batch = last.ReadBatch(50, 10_000))
            {
                _receiver.Take(batch);
                last.Acknowledge(batch.Epoch, batch.LastSequence);
            }

            Assert.Equal(0, last.Status.Waiting);
            Assert.True(_durable.IsSubsetOf(_receiver.Seen.Values), $"seed {seed}: lost {string.Join(' ', _durable.Except(_receiver.Seen.Values))} of {_next}, damaged {last.Status.Damaged}");
            if (!withRefusals) Assert.Equal(_receiver.Seen.Count, _receiver.Seen.Values.Distinct().Count());
        }

        private void Live(AlertSpool spool, SimulatedDisk disk)
        {
            for (int step = 0; step < 80; step++)
            {
                if (withRefusals) disk.Refuses = _random.Next(6) == 0 ? () => _random.Next(3) == 0 : () => false;
                switch (_random.Next(6))
                {
                    case 0 or 1:
                        _pending.Add(_next);
                        Assert.True(spool.Append(SpoolRecordKind.Alert, Severity.High, Payload(_next++, _random)));
                        break;
                    case 2 or 3:
                        // Records that went to the receiver from memory are not on disk and need not be.
                        if (spool.Flush()) _durable.UnionWith(_pending);
                        if (spool.Status.WaitingInMemory == 0) _pending.Clear();
                        break;
                    case 4:
                        SpoolBatch batch = spool.ReadBatch(_random.Next(1, 9), 2000);
                        _receiver.Take(batch);
                        if (!batch.IsEmpty && _random.Next(3) != 0) spool.Acknowledge(batch.Epoch, batch.LastSequence);
                        break;
                    case 5:
                        long from = spool.Status.AcknowledgedThrough + _random.Next(5);
                        _receiver.Take(spool.ReadBatch(from, 4, 2000));
                        break;
                }
            }
        }
    }

    [Fact]
    public void Whatever_happens_and_wherever_it_crashes_durable_records_arrive_exactly_once()
    {
        for (int seed = 0; seed < 1500; seed++) new History(seed, withRefusals: false).Run();
    }

    [Fact]
    public void With_a_disk_that_refuses_now_and_then_no_durable_record_is_lost_and_no_number_stands_for_two()
    {
        for (int seed = 0; seed < 1000; seed++) new History(seed, withRefusals: true).Run();
    }
}
