using Sensor.Primitives;

namespace Sensor.Protocols.Smb;

/// <summary>Messages of SMB 2 and 3 (MS-SMB2 section 2.2). Places are counted from the message's header.</summary>
internal sealed partial class SmbParser
{
    private const int Smb2Header = 64;
    private const uint IsResponseFlag = 1, IsAsyncFlag = 2;

    /// <summary>An id that means "the file opened by the message before".</summary>
    private static readonly UInt128 s_related = UInt128.MaxValue;

    private static UInt128 FileIdAt(ReadOnlySpan<byte> message, int at) => new(U64(message, at), U64(message, at + 8));

    /// <summary>A lone read or write whose content is longer than what is at hand and belongs to a file.</summary>
    private bool IsFileContent2(ReadOnlySpan<byte> head, int length, Direction direction)
    {
        if (U32(head, 20) != 0) return false;
        int command = U16(head, 12);
        uint tree = U32(head, 36);
        bool isResponse = (U32(head, 16) & IsResponseFlag) != 0;
        if (command == Smb2Command.Write && !isResponse && direction == Direction.ToServer)
        {
            int at = U16(head, Smb2Header + 2);
            return at is >= Smb2Header + 48 and <= Head && U32(head, Smb2Header + 4) <= length - at && !IsPipe(tree, head[at..]);
        }

        if (command != Smb2Command.Read || !isResponse || direction != Direction.ToClient || U32(head, 8) is not (SmbStatus.Success or SmbStatus.BufferOverflow)) return false;
        int data = head[Smb2Header + 2];
        if (_memory.Find(SmbEntryKind.Read, U64(head, 24)) is { IsPipe: true }) return false;
        return data is >= Smb2Header + 16 and <= Head && U32(head, Smb2Header + 4) <= length - data && !IsPipe(tree, head[data..]);
    }

    /// <param name="message">One message, or its first bytes when the rest is a file's content.</param>
    /// <param name="follows">Bytes of content that follow.</param>
    private void ReadMessage2(ReadOnlySpan<byte> message, in ParseContext context, out int follows)
    {
        follows = 0;
        if (message.Length < Smb2Header)
        {
            Raise(SmbEvent.MalformedData);
            return;
        }

        uint flags = U32(message, 16);
        _head = new SmbHead
        {
            Version = 2,
            Command = U16(message, 12),
            IsResponse = (flags & IsResponseFlag) != 0,
            Message = U64(message, 24),
            SessionId = U64(message, 40),
            TreeId = (flags & IsAsyncFlag) != 0 ? 0 : U32(message, 36),
            Status = U32(message, 8),
            StatusForm = SmbStatusForm.Nt,
            IsUnicode = true,
        };
        if (_head.IsResponse != (context.Direction == Direction.ToClient)) Raise(_head.IsResponse ? SmbEvent.ResponseToServer : SmbEvent.RequestToClient);
        if (_head.IsResponse) ReadResponse2(message, context, out follows);
        else ReadRequest2(message, context, out follows);
    }

    private void ReadRequest2(ReadOnlySpan<byte> message, in ParseContext context, out int follows)
    {
        follows = 0;
        ReadOnlySpan<byte> body = message[Smb2Header..];
        switch (_head.Command)
        {
            case Smb2Command.Negotiate: Negotiate2(message, body, context); break;
            case Smb2Command.SessionSetup:
                if (OpenRequest(SmbKind.SessionSetup, context) is { } setup) SecurityBlob.Read(Part(message, U16(body, 12), U16(body, 14)), setup);
                break;
            case Smb2Command.TreeConnect: TreeConnect2(message, body, context); break;
            case Smb2Command.TreeDisconnect:
                OpenRequest(SmbKind.Generic, context);
                if (_memory.Find(SmbEntryKind.Tree, _head.TreeId) is { } tree) _memory.Remove(tree);
                break;
            case Smb2Command.Create: Create2(message, body, context); break;
            case Smb2Command.Close:
                OpenRequest(SmbKind.Generic, context);
                Closed2(FileIdAt(body, 8), context);
                break;
            case Smb2Command.Read: Read2(body, context); break;
            case Smb2Command.Write: Write2(message, body, context, out follows); break;
            case Smb2Command.Ioctl: Ioctl2(message, body, context); break;
            case Smb2Command.SetInfo: SetInfo2(message, body, context); break;
            case Smb2Command.GetInfo: break; // of no interest to rules or records; the most frequent of all
            case Smb2Command.Cancel:
                if (OpenRequest(SmbKind.Generic, context) is { } cancel) cancel.ResponseProgress = SmbProtocol.Complete; // never answered
                break;
            default: OpenRequest(SmbKind.Generic, context); break;
        }
    }

    private void Negotiate2(ReadOnlySpan<byte> message, ReadOnlySpan<byte> body, in ParseContext context)
    {
        if (OpenRequest(SmbKind.Negotiate, context) is not { } negotiation) return;
        if (_dialect != 0) negotiation.Raise(SmbEvent.DuplicateNegotiate);
        ReadOnlySpan<byte> dialects = Part(message, Smb2Header + 36, 2 * U16(body, 2));
        if (dialects.IsEmpty) negotiation.Raise(SmbEvent.NegotiateMalformedDialects);
        negotiation.Dialects = negotiation.Keep(dialects);
        negotiation.HasClientGuid = true;
        negotiation.ClientGuid = FileIdAt(body, 12);
    }

    private void TreeConnect2(ReadOnlySpan<byte> message, ReadOnlySpan<byte> body, in ParseContext context)
    {
        if (OpenRequest(SmbKind.TreeConnect, context) is not { } connect) return;
        connect.Share = connect.KeepWide(Part(message, U16(body, 4), U16(body, 6)));
        connect.IsPipe = IsPipeName(connect.Bytes(connect.Share));
    }

    private static bool IsPipeName(ReadOnlySpan<byte> share) => share.EndsWith("IPC$"u8) || share.EndsWith("ipc$"u8);

    private void Create2(ReadOnlySpan<byte> message, ReadOnlySpan<byte> body, in ParseContext context)
    {
        if (OpenRequest(SmbKind.Create, context) is not { } create) return;
        uint options = U32(body, 40);
        create.Disposition = U32(body, 36);
        create.IsDirectory = (options & 1) != 0;
        create.IsDeletedOnClose = (options & 0x1000) != 0;
        create.FileName = create.KeepWide(Part(message, U16(body, 44), U16(body, 46)));
        _compoundCreate = create;
    }

    private void Read2(ReadOnlySpan<byte> body, in ParseContext context)
    {
        if (_memory.Put(SmbEntryKind.Read, _head.Message, _forget) is not { } read) { Raise(SmbEvent.WorkerLimitReached); return; }
        read.FileId = FileIdAt(body, 16);
        read.Offset = U64(body, 8);
        read.IsPipe = _memory.Find(SmbEntryKind.Pipe, read.FileId) is not null || _memory.Find(SmbEntryKind.Tree, _head.TreeId) is { IsPipe: true };
    }

    private void Write2(ReadOnlySpan<byte> message, ReadOnlySpan<byte> body, in ParseContext context, out int follows)
    {
        follows = 0;
        int at = U16(body, 2);
        long length = U32(body, 4);
        UInt128 id = FileIdAt(body, 16);
        ReadOnlySpan<byte> content = at < message.Length ? message.Slice(at, (int)Math.Min(length, message.Length - at)) : default;
        if (IsPipe(_head.TreeId, content))
        {
            if (!ReadCalls(id, content, Direction.ToServer, context)) OpenRequest(SmbKind.Generic, context);
            return;
        }

        if (BeginContent(id, U64(body, 8), Direction.ToServer, context) is null) return;
        if (_memory.Put(SmbEntryKind.Write, _head.Message, _forget) is { } write) write.FileId = id;
        FileContent(id, Direction.ToServer, content, context);
        follows = (int)Math.Min(int.MaxValue, length - content.Length);
    }

    private void Ioctl2(ReadOnlySpan<byte> message, ReadOnlySpan<byte> body, in ParseContext context)
    {
        ReadOnlySpan<byte> input = Part(message, U32(body, 24), U32(body, 28));
        if (IsPipe(_head.TreeId, input) && ReadCalls(FileIdAt(body, 8), input, Direction.ToServer, context)) return;
        if (OpenRequest(SmbKind.Ioctl, context) is { } ioctl) ioctl.Function = U32(body, 4);
    }

    /// <summary>Of what can be set, a new name and deletion are told (MS-FSCC sections 2.4.43 and 2.4.11).</summary>
    private void SetInfo2(ReadOnlySpan<byte> message, ReadOnlySpan<byte> body, in ParseContext context)
    {
        const byte file = 1, rename = 10, disposition = 13;
        if (body.Length < 32 || body[2] != file || body[3] is not (rename or disposition)) return;
        ReadOnlySpan<byte> value = Part(message, U16(body, 8), U32(body, 4));
        if (OpenRequest(body[3] == rename ? SmbKind.Rename : SmbKind.SetInfo, context) is not { } set) return;
        set.HasFileId = true;
        set.FileId = FileIdAt(body, 16);
        if (set.FileId == s_related && _compoundCreate is { } create) set.FileName = set.Keep(create.Bytes(create.FileName));
        else if (_memory.Find(SmbEntryKind.File, set.FileId) is { } named) set.FileName = set.Keep(named.Name.Span);
        if (set.Kind == SmbKind.Rename) set.NewName = set.KeepWide(Part(value, 20, U32(value, 16)));
        else set.IsDeletedOnClose = !value.IsEmpty && (value[0] & 1) != 0;
        if (value.IsEmpty) set.Raise(SmbEvent.MalformedData);
    }

    private void ReadResponse2(ReadOnlySpan<byte> message, in ParseContext context, out int follows)
    {
        follows = 0;
        if (_head.Status == SmbStatus.Pending) return;
        ReadOnlySpan<byte> body = message[Smb2Header..];
        switch (_head.Command)
        {
            case Smb2Command.Negotiate: Negotiated2(body, context); break;
            case Smb2Command.TreeConnect when Answered(context) is { } connect: Connected(connect, body.Length > 2 && _head.IsSuccess ? body[2] : 0); break;
            case Smb2Command.Create when Answered(context) is { } create: Created2(body, create, context); break;
            case Smb2Command.Close: Answered(context); break;
            case Smb2Command.Read: ReadContent2(message, body, context, out follows); break;
            case Smb2Command.Write: Written2(context); break;
            case Smb2Command.Ioctl:
                Answered(context);
                ReadOnlySpan<byte> output = Part(message, U32(body, 32), U32(body, 36));
                if (!output.IsEmpty && IsPipe(_head.TreeId, output)) ReadCalls(FileIdAt(body, 8), output, Direction.ToClient, context);
                break;
            default: Answered(context); break;
        }
    }

    private void Negotiated2(ReadOnlySpan<byte> body, in ParseContext context)
    {
        if (_head.IsSuccess) _dialect = U16(body, 4);
        SmbTransaction? negotiation = Answered(context);
        if (negotiation is null && _negotiation is { ResponseProgress: 0 } old)
        {
            Answer(old, context);
            if (old.Entry is { } entry) _memory.Remove(entry);
            negotiation = old;
        }

        _negotiation = null;
        if (negotiation is null || !_head.IsSuccess) return;
        negotiation.HasServerGuid = true;
        negotiation.ServerGuid = FileIdAt(body, 8);
        negotiation.MaximumRead = U32(body, 32);
        negotiation.MaximumWrite = U32(body, 36);
    }

    private void Connected(SmbTransaction connect, int shareType)
    {
        const int pipe = 2;
        connect.TreeId = _head.TreeId;
        connect.ShareType = shareType;
        if (shareType != 0) connect.IsPipe = shareType == pipe;
        if (!_head.IsSuccess || _memory.Put(SmbEntryKind.Tree, _head.TreeId, _forget) is not { } tree) return;
        tree.Name.TryAppend(connect.Bytes(connect.Share), SmbLimits.Text);
        tree.IsPipe = connect.IsPipe;
    }

    private void Created2(ReadOnlySpan<byte> body, SmbTransaction create, in ParseContext context)
    {
        if (!_head.IsSuccess || body.Length < 80) return;
        create.Created = UnixTime(U64(body, 8));
        create.Accessed = UnixTime(U64(body, 16));
        create.Modified = UnixTime(U64(body, 24));
        create.Changed = UnixTime(U64(body, 32));
        create.Size = U64(body, 48);
        Opened(create, FileIdAt(body, 64));
    }

    /// <summary>The answer gave a file its id.</summary>
    private void Opened(SmbTransaction create, UInt128 id)
    {
        create.HasFileId = true;
        create.FileId = id;
        if (_memory.Put(SmbEntryKind.File, id, _forget) is { } file) file.Name.TryAppend(create.Bytes(create.FileName), SmbLimits.Text);
    }

    /// <summary>100 ns since 1601 to seconds since 1970.</summary>
    private static long UnixTime(ulong fileTime) => fileTime == 0 ? 0 : ((long)Math.Min(fileTime, long.MaxValue) / 10_000_000) - 11_644_473_600;

    private void ReadContent2(ReadOnlySpan<byte> message, ReadOnlySpan<byte> body, in ParseContext context, out int follows)
    {
        follows = 0;
        if (_memory.Find(SmbEntryKind.Read, _head.Message) is not { } read) return;
        UInt128 id = read.FileId;
        ulong offset = read.Offset;
        bool isPipe = read.IsPipe;
        _memory.Remove(read);
        if (_head.Status is not (SmbStatus.Success or SmbStatus.BufferOverflow) || body.Length < 16) return;
        int at = body[2];
        long length = U32(body, 4);
        ReadOnlySpan<byte> content = at < message.Length ? message.Slice(at, (int)Math.Min(length, message.Length - at)) : default;
        if (isPipe || IsPipe(_head.TreeId, content))
        {
            ReadCalls(id, content, Direction.ToClient, context);
            return;
        }

        if (BeginContent(id, offset, Direction.ToClient, context) is null) return;
        FileContent(id, Direction.ToClient, content, context);
        follows = (int)Math.Min(int.MaxValue, length - content.Length);
    }

    private void Written2(in ParseContext context)
    {
        Answered(context);
        if (_memory.Find(SmbEntryKind.Write, _head.Message) is not { } write) return;
        if (_memory.Find(SmbEntryKind.ToServer, write.FileId) is { Transaction: { } file }) SetStatus(file);
        _memory.Remove(write);
    }

    private void Closed2(UInt128 id, in ParseContext context)
    {
        CloseFile(id, Direction.ToServer, context);
        CloseFile(id, Direction.ToClient, context);
        if (_memory.Find(SmbEntryKind.File, id) is { } file) _memory.Remove(file);
        if (_memory.Find(SmbEntryKind.Pipe, id) is { } pipe && id != s_related) _memory.Remove(pipe);
    }
}
