using System.Buffers.Binary;

namespace Sensor.Alerts;

/// <summary>What else an alert record may say. Only these few named things leave the worker beside the JSON; none is payload.</summary>
public enum EventDetail : byte
{
    None = 0,
    HostName,
    Url,
    FileName,
    HttpMethod,
    UserAgent,
    Ja3,
    Ja4,
    FileSha256,
    FileType,
    FileSize,
    CommunityId,
}

/// <summary>Details as bytes: kind (1), length (2), value, one after the other.</summary>
internal ref struct EventDetailReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public bool MoveNext(out EventDetail kind, out ReadOnlySpan<byte> value)
    {
        kind = EventDetail.None;
        value = default;
        if (_rest.Length < 3) return false;
        int length = BinaryPrimitives.ReadUInt16LittleEndian(_rest[1..]);
        if (_rest.Length < 3 + length) return false;
        kind = (EventDetail)_rest[0];
        value = _rest.Slice(3, length);
        _rest = _rest[(3 + length)..];
        return true;
    }
}

/// <summary>The block being written; one per worker, reused. A value too long is cut, a value that finds no room left out.</summary>
internal sealed class EventDetailBlock
{
    public const int MaximumValueBytes = 2048;
    private readonly byte[] _bytes = new byte[8192];
    private int _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Clear() => _length = 0;

    public void Add(EventDetail kind, ReadOnlySpan<byte> value)
    {
        if (value.Length > MaximumValueBytes) value = value[..MaximumValueBytes];
        if (value.IsEmpty || _length + 3 + value.Length > _bytes.Length) return;
        _bytes[_length] = (byte)kind;
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(_length + 1), (ushort)value.Length);
        value.CopyTo(_bytes.AsSpan(_length + 3));
        _length += 3 + value.Length;
    }
}
