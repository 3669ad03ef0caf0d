using Sensor.Decode;
using Sensor.Detection;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Streams;

namespace Sensor.Alerts.Eve;

public sealed partial class EventWriter
{
    private byte[] _payload = [];
    private byte[] _printable = [];

    private void WritePayloads(scoped in RuleMatch match, Flow? flow, scoped ref PacketView packet)
    {
        if (_options.Payload || _options.PayloadPrintable)
        {
            if (_payload.Length == 0) _payload = new byte[_options.PayloadBytes];
            // "[n bytes missing]" may stand between pieces of a stream, and every byte takes one place at most.
            if (_printable.Length == 0) _printable = new byte[_options.PayloadBytes + 64];
            int printable = 0;
            int length = match.OnStream && flow?.Transport is TcpSession session
                ? CopyStream(session.Half(match.Direction), ref printable)
                : CopyPacket(packet.Payload, ref printable);
            if (length > 0 || printable > 0)
            {
                if (_options.Payload)
                {
                    _json.WriteBase64String(Names.Payload, _payload.AsSpan(0, length));
                    _json.WriteNumber(Names.PayloadLength, length);
                }

                if (_options.PayloadPrintable) _json.WriteString(Names.PayloadPrintable, _printable.AsSpan(0, printable));
            }

            _json.WriteNumber(Names.Stream, match.OnStream ? 1 : 0);
        }

        if (!_options.Packet || packet.Raw.Bytes.IsEmpty) return;
        _json.WriteBase64String(Names.Packet, packet.Raw.Bytes);
        _json.WriteStartObject(Names.PacketInfo);
        _json.WriteNumber(Names.LinkType, (int)packet.Raw.Link);
        _json.WriteString(Names.LinkTypeName, LinkTypeNames.Name(packet.Raw.Link));
        _json.WriteEndObject();
    }

    private int CopyPacket(ReadOnlySpan<byte> payload, ref int printable)
    {
        int length = Math.Min(payload.Length, _payload.Length);
        payload[..length].CopyTo(_payload);
        Print(payload[..length], ref printable);
        return length;
    }

    // What is still held of the half, from the oldest byte on, with gaps told in the printable form.
    private int CopyStream(StreamHalf half, ref int printable)
    {
        int length = 0;
        for (long offset = FirstHeld(half); offset < half.ReadableTo && length < _payload.Length;)
        {
            ReadOnlySpan<byte> bytes = half.Read(offset);
            if (bytes.IsEmpty)
            {
                long gap = half.GapAt(offset);
                if (gap <= 0) break;
                PrintGap(gap, ref printable);
                offset += gap;
                continue;
            }

            bytes = bytes[..Math.Min(bytes.Length, _payload.Length - length)];
            bytes.CopyTo(_payload.AsSpan(length));
            Print(bytes, ref printable);
            length += bytes.Length;
            offset += bytes.Length;
        }

        return length;
    }

    // A hole before the first byte held is told only while nothing was let go: later it would be a lie.
    private static long FirstHeld(StreamHalf half) => half.InspectedTo == 0 ? 0 : half.RetainedFrom;

    private void Print(ReadOnlySpan<byte> bytes, ref int printable)
    {
        foreach (byte one in bytes)
        {
            if (printable == _printable.Length) return;
            _printable[printable++] = one is (>= 0x20 and < 0x7F) or (byte)'\n' or (byte)'\r' ? one : (byte)'.';
        }
    }

    private void PrintGap(long gap, ref int printable)
    {
        Span<byte> text = stackalloc byte[48];
        text[0] = (byte)'[';
        gap.TryFormat(text[1..], out int digits);
        " bytes missing]"u8.CopyTo(text[(1 + digits)..]);
        Print(text[..(digits + 16)], ref printable);
    }
}
