using System.Text;
using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Protocols.Dns;
using Sensor.Protocols.Tls;

namespace Sensor.Tests.Protocols;

/// <summary>
/// Records of DNS and TLS against what the reference engine wrote for the same captures: for every check of a case
/// that asks only for fields of the protocol's own object, a record with these fields must come out.
/// </summary>
public sealed class RecordedCaseTests
{
    /// <summary>Cases whose conversation only begins inside another protocol, or that a plain reader of captures cannot put together.</summary>
    private static readonly HashSet<string> s_beyond = ["ldap-starttls", "dns-over-http2", "vxlan-decoder-03"];

    [SharedTheory]
    [InlineData("dns", 200)]
    [InlineData("tls", 25)]
    public void Records_hold_what_the_cases_ask_for(string protocol, int least)
    {
        int compared = 0;
        List<string> missing = [];
        foreach (string folder in Directory.EnumerateDirectories(SharedMaterial.Path("conformance", "cases")).Order())
        {
            string path = Path.Combine(folder, "case.json");
            string text = File.ReadAllText(path);
            if (s_beyond.Contains(Path.GetFileName(folder)) || !text.Contains($"\"{protocol}.", StringComparison.Ordinal)) continue;
            using JsonDocument description = JsonDocument.Parse(text);
            List<JsonElement>? records = null;
            foreach (JsonElement check in description.RootElement.GetProperty("checks").EnumerateArray())
            {
                Dictionary<string, JsonElement> wanted = check.GetProperty("match").EnumerateObject()
                    .Where(one => one.Name.StartsWith(protocol + ".", StringComparison.Ordinal) && !one.Name.EndsWith("from_proto", StringComparison.Ordinal))
                    .ToDictionary(one => one.Name, one => one.Value);
                if (wanted.Count == 0 || check.GetProperty("count").GetInt32() == 0) continue;
                records ??= Records(SharedMaterial.Path("conformance", description.RootElement.GetProperty("capture").GetString()!), protocol);
                compared++;
                if (!records.Exists(record => wanted.All(one => Holds(record, one.Key, one.Value))))
                {
                    missing.Add($"{Path.GetFileName(folder)}: {string.Join(' ', wanted.Select(one => one.Key + "=" + one.Value))} in {string.Join(' ', records.Take(4))}");
                }
            }
        }

        Assert.True(missing.Count == 0, $"{missing.Count} of {compared} are missing:\n{string.Join('\n', missing)}");
        Assert.True(compared >= least, $"only {compared} checks were compared");
    }

    private static List<JsonElement> Records(string capture, string protocol)
    {
        IAppProtocol parser = protocol == "dns" ? DnsProtocol.Dns : new TlsProtocol();
        List<JsonElement> records = [];
        foreach (CaptureConversations.Conversation talk in CaptureConversations.Read(capture).All)
        {
            var transport = talk.Protocol == 6 ? Transports.Tcp : Transports.Udp;
            if ((parser.Transports & transport) == 0 || !talk.Said.Exists(one => parser.Probe(one.Bytes, one.Direction) == ParseStatus.Done)) continue;
            var flow = new Flow { Slot = 0, IpProtocol = talk.Protocol };
            AppParser reader = parser.CreateParser(new ProtocolOptions());
            var sides = new ParserFeeder(reader, flow, NoFiles.Instance);
            foreach ((Direction direction, byte[] bytes) in talk.Said)
            {
                if (transport == Transports.Tcp || parser.Probe(bytes, direction) == ParseStatus.Done) sides.Add(direction, bytes);
            }

            sides.End(Direction.ToServer);
            sides.End(Direction.ToClient);
            records.AddRange(reader.Transactions.Select(one => Record(parser, one, flow)).OfType<JsonElement>());
        }

        return records;
    }

    private static JsonElement? Record(IAppProtocol protocol, Transaction transaction, Flow flow)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            if (!protocol.WriteRecord(writer, transaction, flow)) return null;
            writer.WriteEndObject();
        }

        return JsonDocument.Parse(stream.ToArray()).RootElement.Clone();
    }

    private static bool Holds(JsonElement record, string key, JsonElement wanted)
    {
        JsonElement at = record;
        foreach (string step in key.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.'))
        {
            if (step == "__len") return wanted.GetInt32() == (at.ValueKind == JsonValueKind.Array ? at.GetArrayLength() : Encoding.UTF8.GetByteCount(at.GetString()!));
            if (at.ValueKind == JsonValueKind.Array)
            {
                int index = int.Parse(step);
                if (index >= at.GetArrayLength()) return false;
                at = at[index];
            }
            else if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(step, out at))
            {
                return false;
            }
        }

        return at.ToString() == wanted.ToString();
    }
}
