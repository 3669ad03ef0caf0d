using Sensor.Primitives;

namespace Sensor.Protocols;

/// <summary>What a buffer shows at the moment it is asked for.</summary>
public ref struct BufferView
{
    public ReadOnlySpan<byte> Bytes;

    /// <summary>Position of the first byte in the whole (bodies that are let go as they pass); 0 for ordinary buffers.</summary>
    public long Offset;

    /// <summary>No more bytes will come. Ordinary buffers are always final.</summary>
    public bool IsFinal;
}

/// <summary>
/// Shows instance <paramref name="index"/> (from 0) of a buffer of a transaction. False when there is no such
/// instance: single buffers have only instance 0, multi-buffers (dns.query, tls.certs...) are asked until false.
/// </summary>
public delegate bool BufferReader(Transaction transaction, Direction direction, int index, out BufferView view);

/// <summary>A part of a transaction that rules can look into; becomes the sticky buffer of the same name.</summary>
/// <param name="Name">Name as in rules: <c>http.uri</c>.</param>
/// <param name="Side">The direction it belongs to, null for either (file.data, http.header).</param>
/// <param name="RequestProgress">The request progress from which it is complete (streaming: from which it can be read).</param>
/// <param name="ResponseProgress">The same for the response side.</param>
/// <param name="Read">How to get at it.</param>
public sealed record BufferDefinition(string Name, Direction? Side, int RequestProgress, int ResponseProgress, BufferReader Read)
{
    /// <summary>Grows while the transaction runs (bodies): inspected in steps, not once.</summary>
    public bool IsStreaming { get; init; }

    /// <summary>May occur several times.</summary>
    public bool IsMultiple { get; init; }

    /// <summary>Absence is a fact rules may ask for (<c>absent</c> keyword).</summary>
    public string Description { get; init; } = "";
}
