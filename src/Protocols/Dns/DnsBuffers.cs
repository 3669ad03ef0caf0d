using Sensor.Primitives;

namespace Sensor.Protocols.Dns;

/// <summary>What rules can look into: names, by section (user guide, "DNS Keywords"). All may occur several times.</summary>
internal static class DnsBuffers
{
    public static IReadOnlyList<BufferDefinition> For(string protocol)
    {
        List<BufferDefinition> buffers =
        [
            Names($"{protocol}.queries.rrname", null, Queries, "names asked for, in requests and responses"),
            Names($"{protocol}.answers.rrname", null, Answers, "names of answer records"),
            Names($"{protocol}.authorities.rrname", null, Authorities, "names of authority records"),
            Names($"{protocol}.additionals.rrname", null, Additionals, "names of additional records"),
            Names($"{protocol}.response.rrname", Direction.ToClient, Response, "every name of a response: asked for, answered, and names as data"),
        ];
        if (protocol == "dns") buffers.Insert(0, Names("dns.query", Direction.ToServer, Requested, "names asked for in requests"));
        return buffers;
    }

    private static BufferDefinition Names(string name, Direction? side, BufferReader read, string description) =>
        new(name, side, DnsProtocol.Complete, DnsProtocol.Complete, read) { IsMultiple = true, Description = description };

    private static bool Requested(Transaction transaction, Direction direction, int index, out BufferView view)
    {
        view = default;
        return !((DnsTransaction)transaction).IsResponse && Queries(transaction, direction, index, out view);
    }

    private static bool Queries(Transaction transaction, Direction direction, int index, out BufferView view) =>
        Section((DnsTransaction)transaction, direction, DnsSection.Queries, index, out view);

    private static bool Answers(Transaction transaction, Direction direction, int index, out BufferView view) =>
        Section((DnsTransaction)transaction, direction, DnsSection.Answers, index, out view);

    private static bool Authorities(Transaction transaction, Direction direction, int index, out BufferView view) =>
        Section((DnsTransaction)transaction, direction, DnsSection.Authorities, index, out view);

    private static bool Additionals(Transaction transaction, Direction direction, int index, out BufferView view) =>
        Section((DnsTransaction)transaction, direction, DnsSection.Additionals, index, out view);

    private static bool Section(DnsTransaction message, Direction direction, DnsSection section, int index, out BufferView view)
    {
        view = default;
        ReadOnlySpan<DnsEntry> entries = message.In(section);
        if (message.Travel != direction || index >= entries.Length) return false;
        view.Bytes = message.TextOf(entries[index].Name);
        view.IsFinal = true;
        return true;
    }

    /// <summary>Even instances are the names of entries, odd ones their data where that is a name (empty otherwise).</summary>
    private static bool Response(Transaction transaction, Direction direction, int index, out BufferView view)
    {
        view = default;
        var message = (DnsTransaction)transaction;
        ReadOnlySpan<DnsEntry> entries = message.Entries;
        if (!message.IsResponse || message.Travel != direction || index / 2 >= entries.Length) return false;
        ref readonly DnsEntry entry = ref entries[index / 2];
        if (index % 2 == 0) view.Bytes = message.TextOf(entry.Name);
        else if (entry.HasNameAsData) view.Bytes = message.TextOf(entry.Data);
        view.IsFinal = true;
        return true;
    }
}
