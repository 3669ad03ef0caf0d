using Sensor.Files;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Detection.Compile;

/// <summary>Buffers over the files of a transaction, for every protocol that carries files (user guide, "File Keywords").</summary>
internal static class FileBuffers
{
    /// <summary>The buffer by which a protocol shows that it carries files.</summary>
    public const string Content = "file.data";

    private delegate ReadOnlySpan<byte> FileBytes(TrackedFile file);

    public static IEnumerable<BufferDefinition> For(IAppProtocol protocol)
    {
        if (!protocol.Buffers.Any(buffer => buffer.Name == Content)) return [];
        return
        [
            Of(protocol, "file.name", static file => file.Name),
            Of(protocol, "file.magic", static file => file.Type),
        ];
    }

    // Names and types are known some time after a file began; when the side is complete they all are.
    private static BufferDefinition Of(IAppProtocol protocol, string name, FileBytes read) =>
        new(name, null, protocol.RequestComplete, protocol.ResponseComplete, (Transaction transaction, Direction direction, int index, out BufferView view) =>
        {
            view = default;
            if (TransactionFiles.Of(transaction) is not { } files) return false;
            for (int at = 0; at < files.Count; at++)
            {
                if (files[at].Direction != direction || index-- > 0) continue;
                view.Bytes = read(files[at]);
                view.IsFinal = true;
                return true;
            }

            return false;
        })
        { IsMultiple = true };
}
