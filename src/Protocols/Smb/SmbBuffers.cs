using Sensor.Primitives;
using Sensor.Protocols.Dcerpc;

namespace Sensor.Protocols.Smb;

/// <summary>What rules can look into (user guide, "SMB Keywords").</summary>
internal static class SmbBuffers
{
    private delegate SmbText Pick(SmbTransaction transaction);

    public static IReadOnlyList<BufferDefinition> All { get; } =
    [
        Of("smb.named_pipe", null, static one => one is { Kind: SmbKind.TreeConnect, IsPipe: true } ? one.Share : default, "path of a tree that holds pipes"),
        Of("smb.share", null, static one => one is { Kind: SmbKind.TreeConnect, IsPipe: false } ? one.Share : default, "path of a tree that holds files or printers"),
        Of("smb.ntlmssp_user", Direction.ToServer, static one => one.User, "user who logs on"),
        Of("smb.ntlmssp_domain", Direction.ToServer, static one => one.Domain, "domain of the user"),
        DcerpcBuffers.Stub(SmbProtocol.Complete),
        new("file.data", null, SmbProtocol.Started, SmbProtocol.Started, FileData) { IsStreaming = true, Description = "content of a file, its beginning up to a limit" },
    ];

    // A tree's kind is known for sure by the answer; its name ends the doubt before.
    private static BufferDefinition Of(string name, Direction? side, Pick pick, string description) =>
        new(name, side ?? Direction.ToServer, SmbProtocol.Complete, SmbProtocol.Complete, (Transaction transaction, Direction direction, int index, out BufferView view) =>
        {
            view = default;
            var one = (SmbTransaction)transaction;
            SmbText text = index == 0 ? pick(one) : default;
            if (text.Length == 0) return false;
            view.Bytes = one.Bytes(text);
            view.IsFinal = true;
            return true;
        })
        { Description = description };

    private static bool FileData(Transaction transaction, Direction direction, int index, out BufferView view)
    {
        view = default;
        var one = (SmbTransaction)transaction;
        if (index > 0 || one.Kind != SmbKind.File || one.FileDirection != direction || one.FileData.Length == 0) return false;
        view.Bytes = one.FileData.Span;
        view.IsFinal = one.FileData.IsCut || one.Progress(direction) >= SmbProtocol.Complete;
        return true;
    }
}
