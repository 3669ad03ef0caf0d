using System.Text;
using Sensor.Primitives;
using Sensor.Protocols.Fields;
using Sensor.Protocols.Http;

namespace Sensor.Protocols.Http2;

/// <summary>What fields are. Each has a twin for the server's side at the next number.</summary>
public enum Http2Field : ushort
{
    /// <summary>The bytes are "name: value", the number is the length of the name.</summary>
    RequestHeader = 0, ResponseHeader,
    /// <summary>The number holds identifier (upper 32 bits) and value.</summary>
    RequestSetting = 2, ResponseSetting,
    RequestError = 4, ResponseError,
    RequestPriority = 6, ResponsePriority,
    RequestWindow = 8, ResponseWindow,
    RequestSizeUpdate = 10, ResponseSizeUpdate,
}

internal static class Http2Progress
{
    public const int Started = 0, Headers = 1, Complete = 2;
}

/// <summary>One stream; or one frame of the connection itself (stream 0), which belongs to the side that sent it.</summary>
public sealed class Http2Transaction : FieldTransaction
{
    private readonly GrowingBytes[] _made;

    internal Http2Transaction(ByteSlab slab, HttpMemory memory) : base(slab, Http2Limits.TransactionBytes, Http2Limits.Fields)
    {
        Request = new HttpMessage(memory);
        Response = new HttpMessage(memory);
        Host = new GrowingBytes(slab);
        _made = [.. Enumerable.Range(0, 8).Select(_ => new GrowingBytes(slab))];
        Reset();
    }

    public uint Stream;

    /// <summary>Types of frames seen, bit by type.</summary>
    public uint RequestFrames, ResponseFrames;

    internal HttpMessage Request { get; }

    internal HttpMessage Response { get; }

    /// <summary>Host of :authority or host in lower case, without user and port.</summary>
    internal GrowingBytes Host { get; }

    internal bool RequestFileTried, ResponseFileTried;

    internal HttpMessage Message(Direction direction) => direction == Direction.ToServer ? Request : Response;

    public uint Frames(Direction direction) => direction == Direction.ToServer ? RequestFrames : ResponseFrames;

    public override void Reset()
    {
        base.Reset();
        Request.Release();
        Response.Release();
        Host.Release();
        foreach (GrowingBytes one in _made) one.Release();
        Stream = RequestFrames = ResponseFrames = 0;
        RequestFileTried = ResponseFileTried = false;
    }

    internal static int Kind(Direction direction, Http2Field request) => (int)request + (direction == Direction.ToServer ? 0 : 1);

    internal void Add(Direction direction, Http2Field request, long number) => Add(Kind(direction, request), number);

    internal void AddHeader(Direction direction, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!Add(Kind(direction, Http2Field.RequestHeader), name, name.Length) || !Extend(": "u8) || !Extend(value)) Events.Add((int)Http2Event.ReassemblyLimitReached);
    }

    internal bool TryHeader(Direction direction, int index, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        if (!TryFind(Kind(direction, Http2Field.RequestHeader), index, out Field field)) return false;
        ReadOnlySpan<byte> text = Text(field);
        name = text[..(int)field.Number];
        value = text.Length >= field.Number + 2 ? text[((int)field.Number + 2)..] : default;
        return true;
    }

    internal bool TryGet(Direction direction, ReadOnlySpan<byte> wanted, out ReadOnlySpan<byte> value)
    {
        value = default;
        int kind = Kind(direction, Http2Field.RequestHeader);
        foreach (ref readonly Field field in Fields)
        {
            if (field.Kind != kind || field.Number != wanted.Length) continue;
            ReadOnlySpan<byte> text = Text(field);
            if (!Ascii.EqualsIgnoreCase(text[..wanted.Length], wanted)) continue;
            value = text.Length >= wanted.Length + 2 ? text[(wanted.Length + 2)..] : default;
            return true;
        }

        return false;
    }

    /// <summary>Every header as a line, made when it is first asked for.</summary>
    internal ReadOnlySpan<byte> AllHeaders(Direction direction)
    {
        GrowingBytes into = _made[direction == Direction.ToServer ? 0 : 1];
        if (into.Length > 0) return into.Span;
        int kind = Kind(direction, Http2Field.RequestHeader);
        foreach (ref readonly Field field in Fields)
        {
            if (field.Kind != kind) continue;
            into.Append(Text(field));
            into.Append("\r\n"u8);
        }

        return into.Span;
    }

    internal ReadOnlySpan<byte> HeaderNames(Direction direction)
    {
        GrowingBytes into = _made[direction == Direction.ToServer ? 2 : 3];
        if (into.Length > 0) return into.Span;
        into.Append("\r\n"u8);
        int kind = Kind(direction, Http2Field.RequestHeader);
        foreach (ref readonly Field field in Fields)
        {
            if (field.Kind != kind) continue;
            into.Append(Text(field)[..(int)field.Number]);
            into.Append("\r\n"u8);
        }

        into.Append("\r\n"u8);
        return into.Span;
    }

    /// <summary>What the start line would be in HTTP/1's words.</summary>
    internal ReadOnlySpan<byte> StartLine(Direction direction)
    {
        GrowingBytes into = _made[direction == Direction.ToServer ? 4 : 5];
        if (into.Length > 0) return into.Span;
        if (direction == Direction.ToServer)
        {
            if (!TryGet(direction, ":method"u8, out ReadOnlySpan<byte> method) || !TryGet(direction, ":path"u8, out ReadOnlySpan<byte> path)) return default;
            into.Append(method);
            into.Append(" "u8);
            into.Append(path);
            into.Append(" HTTP/2\r\n"u8);
        }
        else
        {
            if (!TryGet(direction, ":status"u8, out ReadOnlySpan<byte> status)) return default;
            into.Append("HTTP/2 "u8);
            into.Append(status);
            into.Append("\r\n"u8);
        }

        return into.Span;
    }

    /// <summary>The headers of a side are whole: who is asked, and whether that is said in two ways.</summary>
    internal void FinishHeaders(Direction direction)
    {
        if (direction == Direction.ToClient || Host.Length > 0) return;
        bool hasAuthority = TryGet(direction, ":authority"u8, out ReadOnlySpan<byte> authority);
        bool hasHost = TryGet(direction, "host"u8, out ReadOnlySpan<byte> host);
        if (!hasAuthority) authority = host;
        if (hasAuthority && hasHost && !Ascii.EqualsIgnoreCase(Bare(authority), Bare(host))) Events.Add((int)Http2Event.AuthorityHostMismatch);
        if (authority.Contains((byte)'@')) Events.Add((int)Http2Event.UserinfoInUri);
        Host.Append(Bare(authority));
        Span<byte> text = Host.Writable;
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsAsciiLetterUpper((char)text[i])) text[i] |= 0x20;
        }
    }

    private static ReadOnlySpan<byte> Bare(ReadOnlySpan<byte> authority)
    {
        authority = authority[(authority.LastIndexOf((byte)'@') + 1)..];
        int port = authority.LastIndexOf((byte)':');
        return port > 0 && authority[(port + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 ? authority[..port] : authority;
    }
}
