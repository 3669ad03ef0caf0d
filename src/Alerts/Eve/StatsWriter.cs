using System.Text.Encodings.Web;
using System.Text.Json;
using Sensor.Primitives;

namespace Sensor.Alerts.Eve;

/// <summary>One counter of a stats record.</summary>
/// <param name="Path">Dotted place in EVE's <c>stats</c> object, one that its schema knows: <c>capture.kernel_drops</c>, <c>decoder.pkts</c>, <c>flow.active</c>, <c>detect.alert</c>...</param>
public readonly record struct StatsCounter(string Path, long Value);

/// <summary>Writes stats records; off the packet path, on whichever thread keeps the time.</summary>
public sealed class StatsWriter(EventQueue queue, string interfaceName)
{
    /// <summary>The ledger in EVE's words, which know fewer columns; the whole of it goes to stats.json, heartbeats and alerts.</summary>
    public static IEnumerable<StatsCounter> Of(LossLedger ledger) =>
    [
        new("capture.kernel_packets", ledger.Seen),
        new("capture.kernel_drops", ledger.KernelDropped + ledger.QueueFull + ledger.Shed),
        new("capture.kernel_ifdrops", ledger.NicMissed),
        new("decoder.pkts", ledger.Inspected + ledger.Undecodable),
        new("decoder.invalid", ledger.Undecodable),
    ];

    /// <returns>False when the queue was full.</returns>
    public bool Write(PacketTime time, TimeSpan uptime, IEnumerable<StatsCounter> counters)
    {
        var buffer = new EventBuffer();
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        Span<byte> text = stackalloc byte[EveTime.Length];
        EveTime.Write(time, text);
        json.WriteStartObject();
        json.WriteString(Names.Timestamp, text);
        if (interfaceName.Length > 0) json.WriteString(Names.Interface, interfaceName);
        json.WriteString(Names.EventType, Names.Stats);
        json.WriteStartObject(Names.Stats);
        json.WriteNumber(Names.Uptime, (long)uptime.TotalSeconds);
        WriteTree(json, counters.Select(counter => (counter.Path.Split('.'), counter.Value)).ToList(), 0);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return queue.TryWrite(new EventHeader { Kind = EventKind.Stats, Rank = EventRank.Record, Time = time, TransactionId = -1, ContextAt = -1 }, buffer.Written, default);
    }

    // The same path twice adds up: workers count apart.
    private static void WriteTree(Utf8JsonWriter json, List<(string[] Path, long Value)> counters, int depth)
    {
        foreach (IGrouping<string, (string[] Path, long Value)> group in counters.GroupBy(counter => counter.Path[depth]))
        {
            List<(string[] Path, long Value)> deeper = [.. group.Where(counter => counter.Path.Length > depth + 1)];
            if (deeper.Count == 0)
            {
                json.WriteNumber(group.Key, group.Sum(counter => counter.Value));
                continue;
            }

            json.WriteStartObject(group.Key);
            WriteTree(json, deeper, depth + 1);
            json.WriteEndObject();
        }
    }
}
