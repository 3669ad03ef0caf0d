using System.Text;
using Sensor.Decode;
using Sensor.Primitives;

namespace Sensor.Tests.Fuzz.Targets.Replay;

/// <summary>How a capture is damaged.</summary>
internal enum DamageKind
{
    /// <summary>The file ends at a random offset.</summary>
    Truncated,
    /// <summary>1 % of the file's bytes are changed, its own framing included.</summary>
    File,
    /// <summary>1 % of the bytes of each frame are changed, headers included; the file's framing holds.</summary>
    Frames,
    /// <summary>1 % of the bytes behind the transport header are changed, so that the damage reaches the protocol parsers.</summary>
    Payloads,
}

/// <summary>One damage, the same each time for the same seed, file, kind and number.</summary>
internal sealed class Damage
{
    private const double Share = 0.01;

    private readonly DamageKind _kind;
    private readonly Random _random;
    private readonly PacketDecoder? _decoder;
    private long _untilNext;

    public Damage(int seed, string file, DamageKind kind, int index)
    {
        _kind = kind;
        _random = new Random(Mix(seed, file, (int)kind, index));
        _untilNext = Gap();
        // Finds payloads; small, because one is made for each damage.
        if (kind == DamageKind.Payloads) _decoder = new PacketDecoder(new DecodeOptions { ValidateChecksums = false, MaximumDatagrams = 16, FragmentMemory = 256 * 1024 });
    }

    /// <summary>The damaged file.</summary>
    public ArraySegment<byte> Apply(byte[] file)
    {
        if (_kind == DamageKind.Truncated) return new ArraySegment<byte>(file, 0, _random.Next(file.Length + 1));
        if (_kind != DamageKind.File) return file;
        byte[] copy = [.. file];
        Change(copy);
        return copy;
    }

    /// <summary>Damages one frame, in place.</summary>
    public void Apply(Span<byte> frame, in RawPacket original)
    {
        if (_kind == DamageKind.Frames) Change(frame);
        if (_decoder is null) return;
        var raw = new RawPacket(frame, original.WireLength, original.Time, original.Link, original.Number);
        if (!_decoder.TryDecode(raw, out PacketView packet) || packet.Payload.IsEmpty) return;
        if (!frame.Overlaps(packet.Payload, out int offset)) return; // a datagram put together from fragments lies elsewhere
        Change(frame.Slice(offset, packet.Payload.Length));
    }

    private void Change(Span<byte> bytes)
    {
        while (_untilNext < bytes.Length)
        {
            bytes[(int)_untilNext] ^= (byte)_random.Next(1, 256);
            _untilNext += Gap();
        }

        _untilNext -= bytes.Length;
    }

    // Distance to the next changed byte when each is changed with the same probability.
    private long Gap() => 1 + (long)(Math.Log(1 - _random.NextDouble()) / Math.Log(1 - Share));

    // FNV-1a: the runtime's own string hash differs from run to run.
    private static int Mix(int seed, string file, int kind, int index)
    {
        uint hash = 2166136261;
        foreach (byte one in Encoding.UTF8.GetBytes($"{seed}/{file}/{kind}/{index}")) hash = unchecked((hash ^ one) * 16777619);
        return unchecked((int)hash);
    }
}
