using Sensor.Decode;
using Sensor.Files;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Detection;

/// <summary>
/// What Detection may ask a blacklist room to its right; Reputation implements it. Immutable and shared by workers;
/// swapped whole between two batches. Each hit is handed over as an alert that names list, category and entry.
/// </summary>
public interface IReputation
{
    /// <summary>Digests of files the lists hold; what is not asked for by anyone is not computed.</summary>
    FileHashes AskedHashes => FileHashes.None;

    /// <summary>A flow has begun: look both addresses up.</summary>
    void InspectFlow(Flow flow, ref PacketView packet, IReputationSink sink);

    /// <summary>A transaction has moved on: look its host, URL, fingerprints and file hashes up, each once.</summary>
    void InspectTransaction(Flow flow, IAppProtocol protocol, Transaction transaction, Direction direction, IReputationSink sink);
}

/// <summary>Where a blacklist hit goes.</summary>
public interface IReputationSink
{
    /// <param name="observed">What was seen that matched, for the alert (not stored).</param>
    void Hit(Flow flow, Transaction? transaction, ReputationEntry entry, ReadOnlySpan<byte> observed);
}

/// <summary>A listed thing: from which list, of which category, and the entry itself.</summary>
/// <param name="Kind">address, host, url, ja3, ja4, hash.</param>
/// <param name="ThreatClass">Slug of one of the threat classes (see Alerts' explanations), e.g. <c>c2</c>.</param>
public sealed record ReputationEntry(string List, string Category, string Entry, string Kind, string ThreatClass, int Sid, string Severity);
