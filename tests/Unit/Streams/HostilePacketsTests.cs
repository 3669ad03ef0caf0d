using Sensor.Decode;
using Sensor.Streams;

namespace Sensor.Tests.Streams;

/// <summary>Packets that no honest host would send, in any order: nothing throws, nothing leaks, readers never get stuck.</summary>
public sealed class HostilePacketsTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 24)];

    [Theory, MemberData(nameof(Seeds))]
    public void Anything_may_come(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 40; round++)
        {
            var talk = new Conversation(RandomOptions(random)) { ClientBase = (uint)random.NextInt64(1L << 32), ServerBase = uint.MaxValue - 100, Trims = random.Next(4) > 0 };
            if (random.Next(3) > 0) talk.Handshake(scale: (sbyte)random.Next(-1, 15));
            int packets = random.Next(120);
            for (int i = 0; i < packets; i++)
            {
                SendRandom(talk, random);
                if (random.Next(50) == 0 && talk.Flow.Transport is TcpSession) talk.Tracker.SwapDirections(talk.Flow);
            }

            talk.End();
            Assert.Equal((0, 0L), (talk.Tracker.Sessions, talk.Tracker.BytesInUse));
        }
    }

    private static StreamOptions RandomOptions(Random random) => new()
    {
        Midstream = random.Next(2) == 0,
        AsyncOneSide = random.Next(3) == 0,
        Inline = random.Next(4) == 0,
        Bypass = random.Next(4) == 0,
        ReassemblyDepth = random.Next(3) switch { 0 => 0, 1 => 150, _ => 1 << 20 },
        MemoryLimit = random.Next(3) == 0 ? 2048 : 1 << 24,
        MaximumSegments = random.Next(2) == 0 ? 4 : 4096,
        UrgentPolicy = (UrgentPolicy)random.Next(4),
        UrgentLimit = random.Next(1, 8),
        DefaultHostPolicy = (HostPolicy)random.Next(15),
    };

    private static void SendRandom(Conversation talk, Random random)
    {
        string[] flags = ["A", "A", "A", "A", "PA", "AU", "S", "SA", "FA", "F", "R", "RA", "SF", "", "SR"];
        long at = random.Next(12) switch { 0 => -random.Next(1, 40), 1 => random.NextInt64(1L << 32), _ => random.Next(300) };
        long ack = random.Next(12) switch { 0 => -1, 1 => random.NextInt64(1L << 32), _ => random.Next(330) };
        string data = random.Next(4) == 0 ? "" : new string((char)('a' + random.Next(3)), random.Next(1, 60));
        talk.Send(random.Next(3) > 0, flags[random.Next(flags.Length)], System.Text.Encoding.Latin1.GetBytes(data), at, ack,
            (ushort)(random.Next(3) == 0 ? random.Next(50) : 65535), (sbyte)random.Next(-1, 16), random.Next(40) == 0 ? PacketFlags.BadTransportChecksum : PacketFlags.None,
            (ushort)random.Next(80), null, null);
    }

    [Fact]
    public void A_flood_of_syns_and_single_bytes_stays_within_its_limits()
    {
        var tracker = new Conversation(new StreamOptions { MemoryLimit = 1 << 16 });
        tracker.Handshake();
        for (int i = 0; i < 5000; i++) tracker.Client("A", "x", at: (i * 7) % 60_000, ack: 0);
        Assert.InRange(tracker.Tracker.BytesInUse, 1, 1 << 16);
        Assert.True(tracker.Tracker.Counters.RefusedByMemory > 0);
        Assert.Contains("reassembly_insert_memcap", tracker.Events);
        Assert.Equal(0, tracker.End().Tracker.BytesInUse);
    }
}
