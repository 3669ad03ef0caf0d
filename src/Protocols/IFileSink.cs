using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Protocols;

/// <summary>
/// Where parsers hand over files as they pass. The Files room implements it (names, types, hashes, limits);
/// declared here because data flows right and knowledge points left.
/// </summary>
public interface IFileSink
{
    /// <summary>A file begins. The name may be empty. Answers a handle for the calls below, or -1 when files are not tracked.</summary>
    int Open(Flow flow, Transaction transaction, Direction direction, ReadOnlySpan<byte> name, PacketTime time);

    /// <summary>The next bytes of the file's content (decoded: no chunk headers, no compression).</summary>
    void Append(int file, ReadOnlySpan<byte> bytes);

    /// <summary>The file ends; <paramref name="complete"/> is false when bytes are missing at its end.</summary>
    void Close(int file, bool complete, PacketTime time);

    /// <summary>Bytes in the middle are missing: hashes are off from here on.</summary>
    void Gap(int file, long length);

    /// <summary>The file is a piece of a larger one (HTTP's Content-Range): first and last byte's place in it.</summary>
    void SetRange(int file, long start, long end) { }

    /// <summary>A transaction that carries files (<see cref="Transaction.Files"/> is set) is given back: its files are let go.</summary>
    void TransactionReleased(Transaction transaction);
}

/// <summary>Files are not tracked.</summary>
public sealed class NoFiles : IFileSink
{
    public static NoFiles Instance { get; } = new();

    public int Open(Flow flow, Transaction transaction, Direction direction, ReadOnlySpan<byte> name, PacketTime time) => -1;

    public void Append(int file, ReadOnlySpan<byte> bytes) { }

    public void Close(int file, bool complete, PacketTime time) { }

    public void Gap(int file, long length) { }

    public void TransactionReleased(Transaction transaction) { }
}
