using Sensor.Primitives;

namespace Sensor.Protocols.Smb;

/// <summary>Content of files: each file in each direction is a transaction, from its first piece to its close.</summary>
internal sealed partial class SmbParser
{
    /// <summary>The file of the read or write that was read last; its content follows.</summary>
    private UInt128 _contentOf;

    /// <summary>The file that a message before in the same compound asked to open; the messages behind it name it by all ones.</summary>
    private SmbTransaction? _compoundCreate;

    private static SmbEntryKind KindOf(Direction direction) => direction == Direction.ToServer ? SmbEntryKind.ToServer : SmbEntryKind.ToClient;

    /// <summary>A piece of a file begins at an offset; the content itself comes through <see cref="FileContent"/>.</summary>
    private SmbEntry? BeginContent(UInt128 id, ulong offset, Direction direction, in ParseContext context)
    {
        SmbEntry? file = _memory.Find(KindOf(direction), id) ?? OpenFile(id, direction, context);
        if (file?.Transaction is not { } transaction) return null;
        _contentOf = id;
        transaction.LastChanged = context.Time;
        if (direction == Direction.ToClient) SetStatus(transaction);
        if (offset > file.Offset)
        {
            // The missing piece may still come, or never be asked for; either way the content has a hole here.
            if (file.File >= 0) context.Files.Gap(file.File, (long)Math.Min(offset - file.Offset, long.MaxValue));
            file.Offset = offset;
        }
        else if (offset < file.Offset && transaction.Share.Length > 0)
        {
            // Where the tree was not seen it may be a pipe, in which every piece is at 0.
            transaction.Raise(SmbEvent.FileOverlap);
        }

        return file;
    }

    private SmbEntry? OpenFile(UInt128 id, Direction direction, in ParseContext context)
    {
        if (Open(SmbKind.File, context) is not { } transaction) return null;
        if (_memory.Put(KindOf(direction), id, _forget) is not { } file) { transaction.RequestProgress = transaction.ResponseProgress = SmbProtocol.Complete; return null; }
        transaction.Entry = file;
        transaction.HasFileId = true;
        transaction.FileId = id;
        transaction.FileDirection = direction;
        if (_memory.Find(SmbEntryKind.File, id) is { } named) transaction.FileName = transaction.Keep(named.Name.Span);
        else if (_compoundCreate is { } create) transaction.FileName = transaction.Keep(create.Bytes(create.FileName));
        if (_memory.Find(SmbEntryKind.Tree, _head.TreeId) is { } tree) transaction.Share = transaction.Keep(tree.Name.Span);
        file.Transaction = transaction;
        file.File = context.Files.Open(context.Flow, transaction, direction, transaction.Bytes(transaction.FileName), context.Time);
        return file;
    }

    private void FileContent(UInt128 id, Direction direction, ReadOnlySpan<byte> bytes, in ParseContext context)
    {
        if (bytes.IsEmpty || _memory.Find(KindOf(direction), id) is not { Transaction: { } transaction } file) return;
        transaction.LastChanged = context.Time;
        transaction.FileData.Append(bytes, SmbLimits.FileData);
        if (file.File >= 0) context.Files.Append(file.File, bytes);
        file.Offset += (ulong)bytes.Length;
    }

    private void FileGap(UInt128 id, Direction direction, int length, in ParseContext context)
    {
        if (_memory.Find(KindOf(direction), id) is not { } file) return;
        if (file.File >= 0) context.Files.Gap(file.File, length);
        file.Offset += (ulong)length;
    }

    private void CloseFile(UInt128 id, Direction direction, in ParseContext context)
    {
        if (_memory.Find(KindOf(direction), id) is not { } file) return;
        CloseFile(file, context);
        _memory.Remove(file);
    }

    private static void CloseFile(SmbEntry file, in ParseContext context)
    {
        if (file.File >= 0) context.Files.Close(file.File, complete: true, context.Time);
        file.File = -1;
        if (file.Transaction is not { } transaction) return;
        transaction.LastChanged = context.Time;
        transaction.RequestProgress = transaction.ResponseProgress = SmbProtocol.Complete;
    }

    /// <summary>The side ends: no content follows.</summary>
    private void CloseFiles(in ParseContext context)
    {
        for (SmbEntry? entry = _memory.Oldest; entry is not null;)
        {
            SmbEntry? next = entry.Newer;
            if (entry.Key.Kind == KindOf(context.Direction))
            {
                CloseFile(entry, context);
                _memory.Remove(entry);
            }

            entry = next;
        }
    }

    /// <summary>A pipe by its tree; where the tree was not seen, by what is said over it.</summary>
    private bool IsPipe(uint tree, ReadOnlySpan<byte> content) =>
        _memory.Find(SmbEntryKind.Tree, tree) is { } known ? known.IsPipe : Dcerpc.DcerpcHeader.TryRead(content, out _);
}
