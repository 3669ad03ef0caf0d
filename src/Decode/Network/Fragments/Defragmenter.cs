using System.Buffers.Binary;
using System.Numerics;
using Sensor.Primitives;

namespace Sensor.Decode.Network.Fragments;

/// <summary>
/// Puts IPv4 and IPv6 datagrams together again. Bounded in datagrams and in bytes: when either is reached the least
/// recently touched datagram is given up and counted. Time is packet time.
/// </summary>
public sealed class Defragmenter
{
    /// <summary>Most bytes of link and network headers before the data of a fragment; longer chains of extension headers are not assembled.</summary>
    private const int MaximumHeader = 4096;

    private const int LargestDatagram = 65535;

    // Given up per fragment at most while making room, so that one fragment cannot cost a walk over the whole table.
    private const int MaximumEvictions = 32;

    private readonly DecodeOptions _options;
    private readonly ObjectSlab<Datagram> _datagrams;
    private readonly ByteSlab _slab;
    private readonly Datagram?[] _buckets;
    private readonly ulong _seed = (ulong)Random.Shared.NextInt64();

    // Two, in turn: a datagram assembled from fragments that an assembled datagram carried must not overwrite its source.
    private readonly byte[][] _assembled = [new byte[LargestDatagram + MaximumHeader], new byte[LargestDatagram + MaximumHeader]];
    private int _turn;
    private Datagram? _oldest, _newest;

    internal Defragmenter(DecodeOptions options)
    {
        _options = options;
        _datagrams = new ObjectSlab<Datagram>(() => new Datagram(), Math.Min(256, options.MaximumDatagrams), options.MaximumDatagrams);
        _slab = new ByteSlab(options.FragmentMemory);
        _buckets = new Datagram?[BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(options.MaximumDatagrams, 16, 65536))];
    }

    /// <summary>Fragments seen.</summary>
    public long Fragments { get; private set; }

    /// <summary>Datagrams put together.</summary>
    public long Reassembled { get; private set; }

    /// <summary>Datagrams given up because no fragment came for the configured time.</summary>
    public long TimedOut { get; private set; }

    /// <summary>Datagrams given up to stay below a limit.</summary>
    public long Evicted { get; private set; }

    /// <summary>Fragments that were not placed: contradicting, too large, too many pieces or no memory.</summary>
    public long Ignored { get; private set; }

    /// <summary>Unfinished datagrams now.</summary>
    public int InUse => _datagrams.InUse;

    /// <summary>Bytes kept for them now.</summary>
    public long BytesInUse => _slab.InUse;

    /// <summary>Takes a fragment in; when it completes its datagram, the packet carries the whole as its inner packet.</summary>
    internal void Add(ReadOnlySpan<byte> data, ref PacketView packet)
    {
        Fragments++;
        bool ipv4 = packet.IpVersion == 4;
        int start = packet.FragmentOffset * 8;
        int headers = ipv4 ? packet.Network.Length - data.Length : packet.UnfragmentableLength - Ipv6Header.At.Payload;
        if (headers + start + data.Length > LargestDatagram)
        {
            Ignore(ipv4 ? DecodeEvent.Ipv4FragmentPacketTooLarge : DecodeEvent.Ipv6FragmentPacketTooLarge, ref packet);
            return;
        }

        // A middle fragment's length must be a multiple of 8. Hosts cut the rest off or drop it: cut, and say so.
        if (ipv4 && packet.MoreFragments && data.Length % 8 != 0)
        {
            packet.Raise(DecodeEvent.Ipv4FragmentIgnored);
            data = data[..(data.Length & ~7)];
        }

        DecodeEvent ignored = ipv4 ? DecodeEvent.Ipv4FragmentIgnored : DecodeEvent.Ipv6FragmentIgnored;
        if (data.IsEmpty || HeaderLength(packet) > MaximumHeader || !TryFindOrBegin(ref packet, out Datagram? datagram))
        {
            Ignore(ignored, ref packet);
            return;
        }

        Placement placement = PlaceMakingRoom(datagram, start, data, ref packet);
        if (placement is Placement.PlacedOverlapping or Placement.IgnoredOverlapping)
        {
            packet.Raise(ipv4 ? DecodeEvent.Ipv4FragmentOverlap : DecodeEvent.Ipv6FragmentOverlap);
        }

        if (placement is not (Placement.Placed or Placement.PlacedOverlapping)) Ignore(ignored, ref packet);
        else if (datagram.IsComplete) Complete(datagram, ref packet);
    }

    private void Ignore(DecodeEvent reason, ref PacketView packet)
    {
        Ignored++;
        packet.Raise(reason);
    }

    private Placement PlaceMakingRoom(Datagram datagram, int start, ReadOnlySpan<byte> data, ref PacketView packet)
    {
        for (int evictions = 0; ; evictions++)
        {
            Placement placement = start == 0 && !TryKeepHeader(datagram, ref packet) ? Placement.NoMemory : datagram.Place(start, data, !packet.MoreFragments, _slab);
            if (placement != Placement.NoMemory || evictions == MaximumEvictions || _oldest is null || _oldest == datagram) return placement;
            Evicted++;
            Remove(_oldest);
        }
    }

    private bool TryKeepHeader(Datagram datagram, ref PacketView packet)
    {
        if (datagram.HeaderLength == 0)
        {
            datagram.NetworkOffset = packet.NetworkOffset;
            datagram.NextHeaderPosition = packet.NextHeaderPosition;
            datagram.NextHeader = packet.IpProtocol;
        }

        return datagram.TryKeepHeader(packet.Raw.Bytes[..HeaderLength(packet)], _slab);
    }

    // From the link header to the end of what stays in front of the data.
    private static int HeaderLength(in PacketView packet) =>
        packet.NetworkOffset + (packet.IpVersion == 4 ? (packet.Network[0] & 0x0F) * 4 : packet.UnfragmentableLength);

    private void Complete(Datagram datagram, ref PacketView packet)
    {
        byte[] buffer = _assembled[_turn];
        _turn ^= 1;
        int length = datagram.HeaderLength + datagram.TotalLength;
        datagram.Header.CopyTo(buffer);
        datagram.CopyTo(buffer.AsSpan(datagram.HeaderLength));
        Span<byte> network = buffer.AsSpan(datagram.NetworkOffset, length - datagram.NetworkOffset);
        if (packet.IpVersion == 4) RewriteIpv4(network, datagram.HeaderLength - datagram.NetworkOffset);
        else RewriteIpv6(network, datagram);

        packet.Carry(packet.IpVersion == 4 ? Layer.Ipv4 : Layer.Ipv6, buffer.AsSpan(0, length));
        packet.InnerSkip = datagram.NetworkOffset;
        Reassembled++;
        Remove(datagram);
    }

    private static void RewriteIpv4(Span<byte> network, int headerLength)
    {
        BinaryPrimitives.WriteUInt16BigEndian(network[Ipv4Header.At.TotalLength..], (ushort)network.Length);
        BinaryPrimitives.WriteUInt16BigEndian(network[Ipv4Header.At.Fragment..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(network[Ipv4Header.At.Checksum..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(network[Ipv4Header.At.Checksum..], InternetChecksum.Compute(network[..headerLength]));
    }

    private static void RewriteIpv6(Span<byte> network, Datagram datagram)
    {
        BinaryPrimitives.WriteUInt16BigEndian(network[Ipv6Header.At.PayloadLength..], (ushort)(network.Length - Ipv6Header.At.Payload));
        network[datagram.NextHeaderPosition] = datagram.NextHeader;
    }

    private bool TryFindOrBegin(ref PacketView packet, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Datagram? datagram)
    {
        FragmentKey key = FragmentKey.Of(packet);
        uint hash = key.Hash(_seed);
        long now = packet.Time.Nanoseconds;
        ExpireOldest(now);
        datagram = _buckets[hash & (_buckets.Length - 1)];
        while (datagram is not null && !(datagram.Hash == hash && datagram.Key == key)) datagram = datagram.NextInBucket;

        if (datagram is not null && IsExpired(datagram, now))
        {
            TimedOut++;
            Remove(datagram);
            datagram = null;
        }

        if (datagram is null)
        {
            if (_datagrams.InUse >= _datagrams.Limit && _oldest is not null)
            {
                Evicted++;
                Remove(_oldest);
            }

            if (!_datagrams.TryTake(out datagram)) return false;
            datagram.Begin(key, hash, PolicyOf(packet.Destination));
            ref Datagram? bucket = ref _buckets[hash & (_buckets.Length - 1)];
            datagram.NextInBucket = bucket;
            bucket = datagram;
        }
        else
        {
            Unlink(datagram);
        }

        LinkNewest(datagram);
        datagram.LastSeen = now;
        return true;
    }

    private OverlapPolicy PolicyOf(IpAddress destination)
    {
        OverlapPolicy policy = _options.DefaultPolicy;
        int longest = -1;
        for (int i = 0; i < _options.HostPolicies.Count; i++)
        {
            HostPolicy host = _options.HostPolicies[i];
            if (host.PrefixLength <= longest || !host.Covers(destination)) continue;
            longest = host.PrefixLength;
            policy = host.Policy;
        }

        return policy;
    }

    private bool IsExpired(Datagram datagram, long now) => now - datagram.LastSeen > _options.FragmentTimeout.Ticks * 100;

    // Two per fragment keep up with any rate of new datagrams, which is one per fragment.
    private void ExpireOldest(long now)
    {
        for (int i = 0; i < 2 && _oldest is not null && IsExpired(_oldest, now); i++)
        {
            TimedOut++;
            Remove(_oldest);
        }
    }

    private void Remove(Datagram datagram)
    {
        ref Datagram? link = ref _buckets[datagram.Hash & (_buckets.Length - 1)];
        while (link != datagram) link = ref link!.NextInBucket;
        link = datagram.NextInBucket;
        datagram.NextInBucket = null;
        Unlink(datagram);
        datagram.Release(_slab);
        _datagrams.Return(datagram);
    }

    private void LinkNewest(Datagram datagram)
    {
        datagram.Older = _newest;
        datagram.Newer = null;
        if (_newest is not null) _newest.Newer = datagram;
        _newest = datagram;
        _oldest ??= datagram;
    }

    private void Unlink(Datagram datagram)
    {
        if (datagram.Older is not null) datagram.Older.Newer = datagram.Newer;
        else _oldest = datagram.Newer;
        if (datagram.Newer is not null) datagram.Newer.Older = datagram.Older;
        else _newest = datagram.Older;
        datagram.Older = datagram.Newer = null;
    }
}
