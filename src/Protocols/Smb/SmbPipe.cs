using Sensor.Primitives;
using Sensor.Protocols.Dcerpc;

namespace Sensor.Protocols.Smb;

/// <summary>A named pipe: two byte strings in which remote calls travel, cut into units here.</summary>
internal sealed class SmbPipe(SmbPool pool)
{
    private readonly DcerpcReader _reader = new(pool.Calls);
    private readonly GrowingBytes _toServer = new(pool.Text), _toClient = new(pool.Text);

    public void Reset()
    {
        _reader.Reset();
        _toServer.Release();
        _toClient.Release();
    }

    /// <summary>True when the bytes are, or may become, units of calls.</summary>
    public bool Read(ReadOnlySpan<byte> bytes, IDcerpcHost host, Direction direction, in ParseContext context)
    {
        GrowingBytes held = direction == Direction.ToServer ? _toServer : _toClient;
        if (held.Length == 0)
        {
            int rest = ReadUnits(bytes, host, context);
            if (rest < 0) return false;
            held.Append(bytes[rest..], SmbLimits.PipeUnit);
            return true;
        }

        held.Append(bytes, SmbLimits.PipeUnit);
        int used = ReadUnits(held.Span, host, context);
        if (used < 0 || held.IsCut || used == held.Length) held.Release();
        else held.RemoveFront(used);
        return used >= 0;
    }

    /// <summary>Bytes that were read, or -1 when they are no unit.</summary>
    private int ReadUnits(ReadOnlySpan<byte> bytes, IDcerpcHost host, in ParseContext context)
    {
        int at = 0;
        while (bytes.Length - at >= DcerpcHeader.Length)
        {
            if (!DcerpcHeader.TryRead(bytes[at..], out DcerpcHeader header)) return at > 0 ? bytes.Length : -1;
            if (bytes.Length - at < header.UnitLength) return at;
            _reader.Read(bytes.Slice(at, header.UnitLength), header, host, context);
            at += header.UnitLength;
        }

        return at;
    }
}
