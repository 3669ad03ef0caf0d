using Sensor.Primitives;

namespace Sensor.Protocols.Smb;

/// <summary>How far one direction has come in its records.</summary>
internal struct SmbSide
{
    /// <summary>Bytes of the record at hand that pass by; the first of them are a file's content.</summary>
    public int Skip, Content;

    /// <summary>Whose content.</summary>
    public UInt128 FileId;

    /// <summary>It was seen to say something.</summary>
    public bool HasSpoken;

    /// <summary>Something was missing: a record is looked for.</summary>
    public bool IsLost;
}

/// <summary>
/// Cuts a conversation into records (RFC 1002 section 4.3, MS-SMB2 section 2.1). The content of files passes by as it
/// comes; every other record is waited for as a whole.
/// </summary>
internal sealed partial class SmbParser(SmbPool pool, int mostOpen) : AppParser
{
    private const int RecordHeader = 4, Signature = 4;

    /// <summary>Bytes of a message that show where a file's content lies: header and fixed part of every read and write.</summary>
    private const int Head = 128;

    private readonly SmbMemory _memory = new(pool);
    private SmbSide _toServer, _toClient;

    public override ParseResult Parse(ReadOnlySpan<byte> data, in ParseContext context)
    {
        ref SmbSide side = ref Side(context.Direction);
        side.HasSpoken = true;
        int consumed = 0;
        while (consumed < data.Length)
        {
            ReadOnlySpan<byte> rest = data[consumed..];
            if (side.Skip > 0)
            {
                consumed += PassBy(rest, ref side, context);
                continue;
            }

            if (side.IsLost)
            {
                int at = FindRecord(rest);
                if (at < 0) return context.IsEnd ? ParseResult.All(data.Length) : ParseResult.Wait(consumed + Math.Max(0, rest.Length - RecordHeader - Signature + 1));
                consumed += at;
                side.IsLost = false;
                continue;
            }

            if (rest.Length < RecordHeader) return ParseResult.Wait(consumed, RecordHeader);
            int length = (rest[1] << 16) | (rest[2] << 8) | rest[3];
            if (rest[0] != SmbProbe.SessionMessage)
            {
                if (SmbProbe.IsSessionService(rest[0]) && length <= SmbProbe.LongestSessionRequest) { side.Skip = length; consumed += RecordHeader; }
                else Lose(ref side);
                continue;
            }

            int needed = RecordHeader + Math.Min(length, Head);
            if (rest.Length < needed) return ParseResult.Wait(consumed, needed);
            int taken = ReadRecord(rest[RecordHeader..], length, ref side, context);
            if (taken < 0) return ParseResult.Wait(consumed, RecordHeader + length);
            consumed += RecordHeader + taken;
        }

        return ParseResult.All(consumed);
    }

    public override ParseStatus Gap(long length, in ParseContext context)
    {
        ref SmbSide side = ref Side(context.Direction);
        int content = (int)Math.Min(length, side.Content);
        if (content > 0) FileGap(side.FileId, context.Direction, content, context);
        side.Content -= content;
        if (length <= side.Skip)
        {
            side.Skip -= (int)length;
            return ParseStatus.Done;
        }

        side.Skip = side.Content = 0;
        side.IsLost = true;
        return ParseStatus.Done;
    }

    public override void End(in ParseContext context)
    {
        CloseFiles(context);
        foreach (Transaction one in Transactions)
        {
            if (context.Direction == Direction.ToServer) one.RequestProgress = SmbProtocol.Complete;
            else one.ResponseProgress = SmbProtocol.Complete;
        }
    }

    public override void Reset()
    {
        _memory.Clear();
        base.Reset();
        _toServer = _toClient = default;
        _dialect = 0;
        _dialectName = default;
        _dialectNameLength = 0;
        _negotiation = null;
    }

    private ref SmbSide Side(Direction direction)
    {
        if (direction == Direction.ToServer) return ref _toServer;
        return ref _toClient;
    }

    private void Lose(ref SmbSide side)
    {
        Events.Add((int)SmbEvent.NotSmb);
        side.IsLost = true;
    }

    /// <summary>Bytes taken of the record; -1 when it has to be there as a whole first.</summary>
    private int ReadRecord(ReadOnlySpan<byte> rest, int length, ref SmbSide side, in ParseContext context)
    {
        if (length < Signature)
        {
            side.Skip = length;
            return 0;
        }

        switch (SmbProbe.VersionOf(rest))
        {
            case SmbSignature.Transform:
                side.Skip = length;
                return 0;
            case SmbSignature.Compressed:
                Events.Add((int)SmbEvent.CompressedMessage);
                side.Skip = length;
                return 0;
            case SmbSignature.None:
                Lose(ref side);
                return 0;
            case SmbSignature.Smb2 when length > Head && IsFileContent2(rest[..Head], length, context.Direction):
                ReadMessage2(rest[..Head], context, out side.Content);
                break;
            case SmbSignature.Smb1 when length > Head && IsFileContent1(rest[..Head], context.Direction):
                ReadMessage1(rest[..Head], context, out side.Content);
                break;
            default:
                if (length > SmbLimits.Record)
                {
                    Events.Add((int)SmbEvent.RecordOverflow);
                    side.Skip = length;
                    return 0;
                }

                if (rest.Length < length) return -1;
                ReadWhole(rest[..length], context);
                return length;
        }

        side.FileId = _contentOf;
        side.Skip = length - Head;
        side.Content = Math.Min(side.Content, side.Skip);
        return Head;
    }

    /// <summary>One message, or several of SMB 2 behind one another (MS-SMB2 section 3.2.4.1.4).</summary>
    private void ReadWhole(ReadOnlySpan<byte> record, in ParseContext context)
    {
        if (SmbProbe.VersionOf(record) == SmbSignature.Smb1)
        {
            ReadMessage1(record, context, out _);
            return;
        }

        _compoundCreate = null;
        for (int messages = 0; messages < SmbLimits.Compound && SmbProbe.VersionOf(record) == SmbSignature.Smb2; messages++)
        {
            int next = record.Length < Smb2Header ? 0 : (int)Math.Min(int.MaxValue, U32(record, 20));
            bool isLast = next < Smb2Header || next >= record.Length;
            ReadMessage2(isLast ? record : record[..next], context, out _);
            if (isLast) return;
            record = record[next..];
        }
    }

    private int PassBy(ReadOnlySpan<byte> rest, ref SmbSide side, in ParseContext context)
    {
        int now = Math.Min(side.Skip, rest.Length);
        int content = Math.Min(side.Content, now);
        if (content > 0) FileContent(side.FileId, context.Direction, rest[..content], context);
        side.Content -= content;
        side.Skip -= now;
        return now;
    }

    /// <summary>Place of the next record with a message in it, or -1.</summary>
    private static int FindRecord(ReadOnlySpan<byte> data)
    {
        int from = 0;
        while (true)
        {
            int at = data[from..].IndexOf("SMB"u8);
            if (at < 0) return -1;
            at += from;
            if (at > RecordHeader && data[at - 1 - RecordHeader] == SmbProbe.SessionMessage && SmbProbe.VersionOf(data[(at - 1)..]) != SmbSignature.None) return at - 1 - RecordHeader;
            from = at + 3;
        }
    }
}
