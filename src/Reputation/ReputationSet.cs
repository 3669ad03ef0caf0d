using System.Text;
using Sensor.Decode;
using Sensor.Detection;
using Sensor.Files;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Reputation;

/// <summary>
/// All blacklists of one generation: immutable, shared by the workers, swapped whole. Looks up the addresses of a flow
/// once, and hosts, URLs and fingerprints of a transaction as each becomes known, once each. Nothing is allocated
/// but the description of an entry at its first hit.
/// </summary>
public sealed partial class ReputationSet : IReputation
{
    private readonly ReputationList[] _lists;
    private readonly (int List, int Entry)[] _entries;
    private readonly ReputationEntry?[] _described;
    private readonly AddressTable _addresses;
    private readonly ByteKeyTable[] _tables;
    private readonly Dictionary<IAppProtocol, TransactionLookup[]> _lookups;

    private ReputationSet(ReputationList[] lists, (int, int)[] entries, AddressTable addresses, ByteKeyTable[] tables)
    {
        _lists = lists;
        _entries = entries;
        _described = new ReputationEntry?[entries.Length];
        _addresses = addresses;
        _tables = tables;
        _lookups = ProtocolCatalog.All.ToDictionary(protocol => protocol, TransactionLookup.For);
    }

    public static ReputationSet Empty { get; } = Build([], []);

    /// <summary>Entries that can match.</summary>
    public int Count => _entries.Length;

    public IReadOnlyList<ReputationList> Lists => _lists;

    /// <summary>Compiles lists; entries that mean nothing for their kind are reported and left out.</summary>
    public static ReputationSet Build(IReadOnlyList<ReputationList> lists, ICollection<ReputationError> errors)
    {
        var entries = new List<(int, int)>();
        var networks = new List<(IpAddress, int, int)>();
        FileHashes hashes = FileHashes.None;
        var keys = new List<(byte[], int)>[(int)ReputationKind.Hash + 1];
        for (int kind = 0; kind < keys.Length; kind++) keys[kind] = [];
        byte[] canonical = new byte[UrlCanonical.MaximumLength];

        for (int list = 0; list < lists.Count; list++)
        {
            for (int i = 0; i < lists[list].Entries.Count; i++)
            {
                string text = lists[list].Entries[i];
                ReputationKind kind = lists[list].Kind;
                if (kind == ReputationKind.Address)
                {
                    if (!ReputationList.TryParseNetwork(text, out IpAddress network, out int length))
                    {
                        errors.Add(new ReputationError(lists[list].Name, i + 1, $"\"{text}\" is not an address or network; write 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32"));
                        continue;
                    }

                    networks.Add((network, length, entries.Count));
                }
                else
                {
                    int written = Canonical(kind, Encoding.UTF8.GetBytes(text), canonical);
                    if (written == 0 || (kind == ReputationKind.Hash && !IsDigest(canonical.AsSpan(0, written))))
                    {
                        errors.Add(new ReputationError(lists[list].Name, i + 1, $"\"{text}\" is not a {kind.ToString().ToLowerInvariant()}"));
                        continue;
                    }

                    if (kind == ReputationKind.Hash) hashes |= DigestOf(written);
                    keys[(int)kind].Add((canonical[..written], entries.Count));
                }

                entries.Add((list, i));
            }
        }

        return new ReputationSet([.. lists], [.. entries], AddressTable.Build(networks), [.. keys.Select(ByteKeyTable.Build)]) { AskedHashes = hashes };
    }

    public void InspectFlow(Flow flow, ref PacketView packet, IReputationSink sink)
    {
        if (_addresses.RangeCount == 0) return;
        Span<byte> text = stackalloc byte[46];
        if (_addresses.TryFind(flow.Server, out int found) && flow.Server.TryFormat(text, out int written)) sink.Hit(flow, null, Describe(found), text[..written]);
        else if (_addresses.TryFind(flow.Client, out found) && flow.Client.TryFormat(text, out written)) sink.Hit(flow, null, Describe(found), text[..written]);
    }

    public void InspectTransaction(Flow flow, IAppProtocol protocol, Transaction transaction, Direction direction, IReputationSink sink)
    {
        foreach (TransactionLookup lookup in _lookups[protocol])
        {
            if ((transaction.LookedUp & lookup.Bit) != 0 || !lookup.IsDue(transaction, direction)) continue;
            transaction.LookedUp |= lookup.Bit;
            LookUp(lookup, flow, transaction, direction, sink);
        }

        InspectFiles(flow, transaction, sink);
    }

    private void LookUp(TransactionLookup lookup, Flow flow, Transaction transaction, Direction direction, IReputationSink sink)
    {
        ByteKeyTable table = _tables[(int)lookup.Kind];
        if (table.Count == 0) return;
        Span<byte> key = stackalloc byte[UrlCanonical.MaximumLength];
        for (int index = 0; index < TransactionLookup.MaximumInstances && lookup.Buffer.Read(transaction, direction, index, out BufferView view); index++)
        {
            int length;
            int found;
            if (lookup.Kind == ReputationKind.Url)
            {
                if (!lookup.Path!.Read(transaction, direction, 0, out BufferView path)) return;
                length = UrlCanonical.Host(view.Bytes, key[..256]);
                int host = length;
                length += UrlCanonical.Path(path.Bytes, key[length..]);
                if (host == 0 || !TryFindUrl(table, key[..length], host, out found)) continue;
            }
            else
            {
                length = Canonical(lookup.Kind, view.Bytes, key);
                if (lookup.Kind == ReputationKind.Host ? !TryFindHost(table, key[..length], out found) : !table.TryFind(key[..length], out found)) continue;
            }

            sink.Hit(flow, transaction, Describe(found), key[..length]);
        }
    }

    /// <summary>A listed name covers every name below it: <c>a.b.example</c>, <c>b.example</c>, <c>example</c> are tried in this order.</summary>
    internal static bool TryFindHost(ByteKeyTable table, ReadOnlySpan<byte> host, out int found)
    {
        while (!host.IsEmpty)
        {
            if (table.TryFind(host, out found)) return true;
            int dot = host.IndexOf((byte)'.');
            if (dot < 0) break;
            host = host[(dot + 1)..];
        }

        found = -1;
        return false;
    }

    /// <summary>
    /// A listed URL covers its own path and what lies below it, never another path of the host: an entry without a
    /// path matches only the root.
    /// </summary>
    internal static bool TryFindUrl(ByteKeyTable table, ReadOnlySpan<byte> url, int hostLength, out int found)
    {
        if (table.TryFind(url, out found)) return true;
        // Behind the host only: a Host header may hold anything, a question mark too.
        int query = url[hostLength..].IndexOf((byte)'?');
        if (query >= 0)
        {
            url = url[..(hostLength + query)];
            if (table.TryFind(url, out found)) return true;
        }

        for (int tries = 0; tries < 64; tries++)
        {
            int slash = url[hostLength..].LastIndexOf((byte)'/') + hostLength;
            if (slash <= hostLength) return false;
            if (table.TryFind(url[..(slash + 1)], out found)) return true;
            url = url[..slash];
            if (table.TryFind(url, out found)) return true;
        }

        return false;
    }

    private static int Canonical(ReputationKind kind, ReadOnlySpan<byte> text, Span<byte> destination)
    {
        switch (kind)
        {
            case ReputationKind.Host:
                return UrlCanonical.Host(text, destination);
            case ReputationKind.Url:
                int scheme = text.IndexOf("://"u8);
                if (scheme >= 0) text = text[(scheme + 3)..];
                int slash = text.IndexOf((byte)'/');
                int host = UrlCanonical.Host(slash < 0 ? text : text[..slash], destination[..256]);
                return host == 0 ? 0 : host + UrlCanonical.Path(slash < 0 ? default : text[slash..], destination[host..]);
            default:
                if (text.Length > destination.Length) return 0;
                for (int i = 0; i < text.Length; i++) destination[i] = text[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(text[i] | 0x20) : text[i];
                return text.Length;
        }
    }

    private ReputationEntry Describe(int index)
    {
        (int list, int entry) = _entries[index];
        return _described[index] ??= _lists[list].Describe(entry);
    }
}
