using System.Text;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Tests.Support;

/// <summary>Keeps the files parsers hand over, for tests to look at.</summary>
public sealed class RecordingFileSink : IFileSink
{
    public sealed class Recorded
    {
        public required string Name { get; init; }

        public required Direction Direction { get; init; }

        public required long TransactionId { get; init; }

        public MemoryStream Content { get; } = new();

        public long Missing { get; set; }

        /// <summary>Null while open.</summary>
        public bool? Complete { get; set; }

        public override string ToString() =>
            $"{Direction} tx {TransactionId} \"{Name}\" {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Content.ToArray()))[..16]} {Content.Length} bytes, {Missing} missing, complete: {Complete?.ToString() ?? "open"}";
    }

    public List<Recorded> Files { get; } = [];

    public int Open(Flow flow, Transaction transaction, Direction direction, ReadOnlySpan<byte> name, PacketTime time)
    {
        Files.Add(new Recorded { Name = Encoding.Latin1.GetString(name), Direction = direction, TransactionId = transaction.Id });
        return Files.Count - 1;
    }

    public void Append(int file, ReadOnlySpan<byte> bytes) => Files[file].Content.Write(bytes);

    public void Close(int file, bool complete, PacketTime time)
    {
        if (Files[file].Complete is not null) throw new InvalidOperationException("file closed twice: " + Files[file]);
        Files[file].Complete = complete;
    }

    public void Gap(int file, long length) => Files[file].Missing += length;

    public void TransactionReleased(Transaction transaction) { }
}
