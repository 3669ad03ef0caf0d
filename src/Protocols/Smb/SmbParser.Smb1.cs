using Sensor.Primitives;

namespace Sensor.Protocols.Smb;

/// <summary>Messages of SMB 1 (MS-CIFS section 2.2.3, MS-SMB section 2.2.4). Places are counted from the message's header.</summary>
internal sealed partial class SmbParser
{
    private const int Smb1Header = 32;
    private const ushort IsNtStatusFlag = 0x4000, IsUnicodeFlag = 0x8000;
    private const byte IsResponseFlag1 = 0x80;

    /// <summary>Words and bytes of one command.</summary>
    private readonly ref struct Block(ReadOnlySpan<byte> words, ReadOnlySpan<byte> bytes, int bytesAt)
    {
        public ReadOnlySpan<byte> Words { get; } = words;

        public ReadOnlySpan<byte> Bytes { get; } = bytes;

        /// <summary>Place of the bytes, for text that is aligned to it.</summary>
        public int BytesAt { get; } = bytesAt;
    }

    private static UInt128 Smb1Id(int fid) => new(1, (ulong)fid);

    /// <summary>The block at a place; false when it does not fit into the message (bytes are cut where it ends).</summary>
    private static bool TryBlock(ReadOnlySpan<byte> message, int at, out Block block)
    {
        block = default;
        if (at < Smb1Header || at >= message.Length) return false;
        int words = 2 * message[at], bytesAt = at + 1 + words + 2;
        if (at + 1 + words > message.Length) return false;
        int length = Math.Min(U16(message, at + 1 + words), Math.Max(0, message.Length - bytesAt));
        block = new Block(message.Slice(at + 1, words), length == 0 ? default : message.Slice(bytesAt, length), bytesAt);
        return true;
    }

    private bool IsFileContent1(ReadOnlySpan<byte> head, Direction direction)
    {
        bool isResponse = (head[9] & IsResponseFlag1) != 0;
        if (isResponse != (direction == Direction.ToClient) || IsPipe(U16(head, 24), default)) return false;
        ReadOnlySpan<byte> words = head[(Smb1Header + 1)..];
        int count = head[Smb1Header], at;
        if (!isResponse && head[4] == Smb1Command.WriteAndX && count is 12 or 14) at = U16(words, 22);
        else if (isResponse && head[4] == Smb1Command.ReadAndX && count == 12 && U32(head, 5) is SmbStatus.Success or SmbStatus.BufferOverflow) at = U16(words, 12);
        else return false;
        return at >= Smb1Header && at <= Head && !IsPipe(U16(head, 24), head[at..]);
    }

    private void ReadMessage1(ReadOnlySpan<byte> message, in ParseContext context, out int follows)
    {
        follows = 0;
        if (message.Length < Smb1Header + 3)
        {
            Raise(SmbEvent.MalformedData);
            return;
        }

        ushort flags = U16(message, 10);
        bool isNt = (flags & IsNtStatusFlag) != 0;
        _head = new SmbHead
        {
            Version = 1,
            Command = message[4],
            IsResponse = (message[9] & IsResponseFlag1) != 0,
            IsUnicode = (flags & IsUnicodeFlag) != 0,
            Message = new UInt128(1, ((ulong)U16(message, 26) << 16) | U16(message, 30)),
            SessionId = U16(message, 28),
            TreeId = U16(message, 24),
            StatusForm = isNt ? SmbStatusForm.Nt : SmbStatusForm.Dos,
            Status = isNt ? U32(message, 5) : ((uint)message[5] << 16) | U16(message, 7),
        };
        if (_head.IsResponse != (context.Direction == Direction.ToClient)) Raise(_head.IsResponse ? SmbEvent.ResponseToServer : SmbEvent.RequestToClient);
        int at = Smb1Header;
        for (int chained = 0; chained < SmbLimits.Chain; chained++)
        {
            if (!TryBlock(message, at, out Block block)) { Raise(SmbEvent.MalformedData); return; }
            if (_head.IsResponse) ReadResponse1(message, block, context, chained > 0, out follows);
            else ReadRequest1(message, block, context, out follows);
            if (!Smb1Command.IsChained(_head.Command) || block.Words.Length < 4 || block.Words[0] == Smb1Command.None) return;
            int next = U16(block.Words, 2);
            if (next <= at) return; // chains lead onward only: a place before it would never end
            _head.Command = block.Words[0];
            at = next;
        }
    }

    private void ReadRequest1(ReadOnlySpan<byte> message, in Block block, in ParseContext context, out int follows)
    {
        follows = 0;
        switch (_head.Command)
        {
            case Smb1Command.Negotiate: Negotiate1(block, context); break;
            case Smb1Command.SessionSetupAndX: SessionSetup1(block, context); break;
            case Smb1Command.TreeConnectAndX: TreeConnect1(block, context); break;
            case Smb1Command.TreeDisconnect:
                OpenRequest(SmbKind.Generic, context);
                if (_memory.Find(SmbEntryKind.Tree, _head.TreeId) is { } tree) _memory.Remove(tree);
                break;
            case Smb1Command.NtCreateAndX: Create1(block, context); break;
            case Smb1Command.Close:
                OpenRequest(SmbKind.Generic, context);
                Closed2(Smb1Id(U16(block.Words, 0)), context);
                break;
            case Smb1Command.ReadAndX:
                if (_memory.Put(SmbEntryKind.Read, _head.Message, _forget) is not { } read) break;
                read.FileId = Smb1Id(U16(block.Words, 4));
                read.Offset = U32(block.Words, 6) | (block.Words.Length >= 24 ? (ulong)U32(block.Words, 20) << 32 : 0);
                break;
            case Smb1Command.WriteAndX: Write1(message, block, context, out follows); break;
            case Smb1Command.Write:
                Written(Smb1Id(U16(block.Words, 0)), U32(block.Words, 4), block.Bytes.Length > 3 ? block.Bytes[3..] : default, U16(block.Words, 2), context, out _);
                break;
            case Smb1Command.Transaction: Transaction1(message, block, context); break;
            case Smb1Command.Transaction2: Transaction2(message, block, context); break;
            case Smb1Command.Rename: Rename1(block, context); break;
            case Smb1Command.NtCancel:
                if (OpenRequest(SmbKind.Generic, context) is { } cancel) cancel.ResponseProgress = SmbProtocol.Complete; // never answered
                break;
            default: OpenRequest(SmbKind.Generic, context); break;
        }
    }

    private void Negotiate1(in Block block, in ParseContext context)
    {
        if (OpenRequest(SmbKind.Negotiate, context) is not { } negotiation) return;
        _negotiation = negotiation;
        int start = -1, length = 0;
        ReadOnlySpan<byte> rest = block.Bytes;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)0);
            if (rest[0] != 2 || end < 0) { negotiation.Raise(SmbEvent.NegotiateMalformedDialects); break; }
            SmbText kept = negotiation.Keep(rest[1..(end + 1)]);
            if (start < 0) start = kept.Start;
            length += kept.Length;
            rest = rest[(end + 1)..];
        }

        if (start >= 0) negotiation.Dialects = new SmbText(start, length);
    }

    /// <summary>A text that ends with a NUL, of one or two bytes; wide ones begin at an even place of the message.</summary>
    private static ReadOnlySpan<byte> TakeText(ref ReadOnlySpan<byte> rest, ref int at, bool isWide)
    {
        if (isWide && (at & 1) != 0 && !rest.IsEmpty) { rest = rest[1..]; at++; }
        int length = 0, step = isWide ? 2 : 1;
        while (length + step <= rest.Length && (rest[length] != 0 || (isWide && rest[length + 1] != 0))) length += step;
        ReadOnlySpan<byte> text = rest[..Math.Min(length, rest.Length)];
        int taken = Math.Min(rest.Length, length + step);
        rest = rest[taken..];
        at += taken;
        return text;
    }

    private void SessionSetup1(in Block block, in ParseContext context)
    {
        if (OpenRequest(SmbKind.SessionSetup, context) is not { } setup) return;
        ReadOnlySpan<byte> rest = block.Bytes;
        int at = block.BytesAt;
        bool isExtended = block.Words.Length == 24;
        int secret = isExtended ? U16(block.Words, 14) : U16(block.Words, 14) + U16(block.Words, 16);
        secret = Math.Min(secret, rest.Length);
        if (isExtended) SecurityBlob.Read(rest[..secret], setup);
        rest = rest[secret..];
        at += secret;
        if (!isExtended)
        {
            setup.User = setup.KeepWide(TakeText(ref rest, ref at, _head.IsUnicode));
            setup.Domain = setup.KeepWide(TakeText(ref rest, ref at, _head.IsUnicode));
        }

        setup.RequestNativeOs = setup.KeepWide(TakeText(ref rest, ref at, _head.IsUnicode));
        setup.RequestNativeLm = setup.KeepWide(TakeText(ref rest, ref at, _head.IsUnicode));
    }

    private void TreeConnect1(in Block block, in ParseContext context)
    {
        if (OpenRequest(SmbKind.TreeConnect, context) is not { } connect) return;
        ReadOnlySpan<byte> rest = block.Bytes;
        int password = Math.Min(U16(block.Words, 6), rest.Length), at = block.BytesAt + password;
        rest = rest[password..];
        connect.Share = connect.KeepWide(TakeText(ref rest, ref at, _head.IsUnicode));
        connect.RequestService = connect.Keep(TakeText(ref rest, ref at, isWide: false));
        connect.IsPipe = IsPipeName(connect.Bytes(connect.Share)) || connect.Bytes(connect.RequestService).StartsWith("IPC"u8);
    }

    private void Create1(in Block block, in ParseContext context)
    {
        if (OpenRequest(SmbKind.Create, context) is not { } create) return;
        uint options = U32(block.Words, 39);
        create.Disposition = U32(block.Words, 35);
        create.IsDirectory = (options & 1) != 0;
        create.IsDeletedOnClose = (options & 0x1000) != 0;
        ReadOnlySpan<byte> name = block.Bytes;
        if (_head.IsUnicode && (block.BytesAt & 1) != 0 && !name.IsEmpty) name = name[1..];
        int length = Math.Min(name.Length, U16(block.Words, 5));
        create.FileName = create.KeepWide(name[..length]);
    }

    private void Write1(ReadOnlySpan<byte> message, in Block block, in ParseContext context, out int follows)
    {
        ulong offset = U32(block.Words, 6) | (block.Words.Length >= 28 ? (ulong)U32(block.Words, 24) << 32 : 0);
        long length = U16(block.Words, 20) | ((long)U16(block.Words, 18) << 16);
        int at = U16(block.Words, 22);
        Written(Smb1Id(U16(block.Words, 4)), offset, at < message.Length ? message[at..] : default, length, context, out follows);
    }

    private void Written(UInt128 id, ulong offset, ReadOnlySpan<byte> content, long length, in ParseContext context, out int follows)
    {
        follows = 0;
        content = content[..(int)Math.Min(content.Length, length)];
        if (IsPipe(_head.TreeId, content))
        {
            if (!ReadCalls(id, content, Direction.ToServer, context)) OpenRequest(SmbKind.Generic, context);
            return;
        }

        if (BeginContent(id, offset, Direction.ToServer, context) is null) return;
        if (_memory.Put(SmbEntryKind.Write, _head.Message, _forget) is { } write) write.FileId = id;
        FileContent(id, Direction.ToServer, content, context);
        follows = (int)Math.Min(int.MaxValue, length - content.Length);
    }

    /// <summary>Calls over named pipes (MS-CIFS section 2.2.5): the pipe is the second word of the setup.</summary>
    private void Transaction1(ReadOnlySpan<byte> message, in Block block, in ParseContext context)
    {
        ReadOnlySpan<byte> data = Part(message, U16(block.Words, 24), U16(block.Words, 22));
        UInt128 pipe = Smb1Id(U16(block.Words, 30));
        if (block.Words.Length >= 32 && !data.IsEmpty && ReadCalls(pipe, data, Direction.ToServer, context))
        {
            if (_memory.Put(SmbEntryKind.Read, _head.Message, _forget) is { } read) { read.FileId = pipe; read.IsPipe = true; }
            return;
        }

        OpenRequest(SmbKind.Generic, context);
    }

    /// <summary>Of the many subcommands, a deletion is told: disposition set on a path or a file.</summary>
    private void Transaction2(ReadOnlySpan<byte> message, in Block block, in ParseContext context)
    {
        const int setPath = 6, setFile = 8, rename = 0x010a, disposition = 0x0102, dispositionPassThrough = 1013;
        int subcommand = block.Words.Length >= 30 ? U16(block.Words, 28) : -1;
        if (subcommand is not (setPath or setFile)) { OpenRequest(SmbKind.Generic, context); return; }
        ReadOnlySpan<byte> parameters = Part(message, U16(block.Words, 20), U16(block.Words, 18)), data = Part(message, U16(block.Words, 24), U16(block.Words, 22));
        int level = U16(parameters, subcommand == setFile ? 2 : 0);
        if (level is not (disposition or dispositionPassThrough or rename)) { OpenRequest(SmbKind.Generic, context); return; }
        if (OpenRequest(level == rename ? SmbKind.Rename : SmbKind.SetInfo, context) is not { } set) return;
        set.Function = (uint)subcommand;
        set.LevelOfInterest = level;
        if (subcommand == setFile)
        {
            set.HasFileId = true;
            set.FileId = Smb1Id(U16(parameters, 0));
            if (_memory.Find(SmbEntryKind.File, set.FileId) is { } named) set.FileName = set.Keep(named.Name.Span);
        }
        else if (parameters.Length > 6)
        {
            set.FileName = set.KeepWide(parameters[6..]);
        }

        if (level == rename) set.NewName = set.KeepWide(Part(data, 12, U32(data, 8)));
        else set.IsDeletedOnClose = !data.IsEmpty && (data[0] & 1) != 0;
    }

    private void Rename1(in Block block, in ParseContext context)
    {
        if (OpenRequest(SmbKind.Rename, context) is not { } rename) return;
        ReadOnlySpan<byte> rest = block.Bytes;
        int at = block.BytesAt;
        rename.FileName = TakeName(ref rest, ref at, rename);
        rename.NewName = TakeName(ref rest, ref at, rename);
    }

    /// <summary>A name behind the byte that says so.</summary>
    private SmbText TakeName(ref ReadOnlySpan<byte> rest, ref int at, SmbTransaction transaction)
    {
        if (rest.IsEmpty || rest[0] != 4) { transaction.Raise(SmbEvent.MalformedData); return default; }
        rest = rest[1..];
        at++;
        return transaction.KeepWide(TakeText(ref rest, ref at, _head.IsUnicode));
    }

    private void ReadResponse1(ReadOnlySpan<byte> message, in Block block, in ParseContext context, bool isChained, out int follows)
    {
        follows = 0;
        switch (_head.Command)
        {
            case Smb1Command.ReadAndX: ReadContent1(message, block, context, out follows); return;
            case Smb1Command.Transaction when _memory.Find(SmbEntryKind.Read, _head.Message) is { } call:
                UInt128 pipe = call.FileId;
                _memory.Remove(call);
                Answered(context);
                ReadCalls(pipe, Part(message, U16(block.Words, 14), U16(block.Words, 12)), Direction.ToClient, context);
                return;
            case Smb1Command.WriteAndX or Smb1Command.Write: Written2(context); return;
        }

        if (Answered(context) is not { } transaction) return;
        switch (transaction.Kind)
        {
            case SmbKind.Negotiate: Negotiated1(block, transaction); break;
            case SmbKind.SessionSetup:
                ReadOnlySpan<byte> rest = block.Bytes;
                int at = block.BytesAt, blob = block.Words.Length >= 8 ? Math.Min(U16(block.Words, 6), rest.Length) : 0;
                rest = rest[blob..];
                at += blob;
                transaction.SessionId = _head.SessionId;
                transaction.ResponseNativeOs = transaction.KeepWide(TakeText(ref rest, ref at, _head.IsUnicode));
                transaction.ResponseNativeLm = transaction.KeepWide(TakeText(ref rest, ref at, _head.IsUnicode));
                break;
            case SmbKind.TreeConnect:
                ReadOnlySpan<byte> names = block.Bytes;
                int place = block.BytesAt;
                transaction.ResponseService = transaction.Keep(TakeText(ref names, ref place, isWide: false));
                Connected(transaction, 0);
                break;
            case SmbKind.Create when _head.IsSuccess && block.Words.Length >= 63:
                transaction.Created = UnixTime(U64(block.Words, 11));
                transaction.Accessed = UnixTime(U64(block.Words, 19));
                transaction.Modified = UnixTime(U64(block.Words, 27));
                transaction.Changed = UnixTime(U64(block.Words, 35));
                transaction.Size = U64(block.Words, 55);
                Opened(transaction, Smb1Id(U16(block.Words, 5)));
                break;
        }
    }

    private void Negotiated1(in Block block, SmbTransaction negotiation)
    {
        _negotiation = null;
        ReadOnlySpan<byte> names = negotiation.Bytes(negotiation.Dialects);
        for (int left = U16(block.Words, 0); !names.IsEmpty; left--)
        {
            int end = names.IndexOf((byte)0);
            if (end < 0) return;
            if (left == 0)
            {
                SetDialectName(names[..end]);
                SetDialect(negotiation);
                return;
            }

            names = names[(end + 1)..];
        }
    }

    private void ReadContent1(ReadOnlySpan<byte> message, in Block block, in ParseContext context, out int follows)
    {
        follows = 0;
        if (_memory.Find(SmbEntryKind.Read, _head.Message) is not { } read) { Answered(context); return; }
        UInt128 id = read.FileId;
        ulong offset = read.Offset;
        _memory.Remove(read);
        int at = U16(block.Words, 12);
        long length = U16(block.Words, 10) | ((long)U16(block.Words, 14) << 16);
        if (block.Words.Length < 24 || at > message.Length) return;
        ReadOnlySpan<byte> content = message.Slice(at, (int)Math.Min(length, message.Length - at));
        if (IsPipe(_head.TreeId, content))
        {
            ReadCalls(id, content, Direction.ToClient, context);
            return;
        }

        if (BeginContent(id, offset, Direction.ToClient, context) is null) return;
        FileContent(id, Direction.ToClient, content, context);
        follows = (int)Math.Min(int.MaxValue, length - content.Length);
    }
}
