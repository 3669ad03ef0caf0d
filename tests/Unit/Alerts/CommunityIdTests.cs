using System.Text;
using System.Text.Json;
using Sensor.Alerts.Eve;
using Sensor.Primitives;

namespace Sensor.Tests.Alerts;

public class CommunityIdTests
{
    private static string Compute(JsonElement row, ushort seed, bool base64)
    {
        IpAddress source = IpAddress.Parse(row.GetProperty("saddr").GetString()!), destination = IpAddress.Parse(row.GetProperty("daddr").GetString()!);
        byte protocol = row.GetProperty("proto").GetByte();
        ushort from = Port(row, "sport"), to = Port(row, "dport");
        if (!base64)
        {
            Span<byte> hash = stackalloc byte[20];
            CommunityId.Hash(source, destination, protocol, from, to, seed, hash);
            return "1:" + Convert.ToHexStringLower(hash);
        }

        Span<byte> text = stackalloc byte[CommunityId.TextBytes];
        CommunityId.Write(source, destination, protocol, from, to, seed, text);
        return Encoding.ASCII.GetString(text);
    }

    private static ushort Port(JsonElement row, string name) =>
        row.TryGetProperty(name, out JsonElement port) && port.ValueKind == JsonValueKind.Number ? port.GetUInt16() : (ushort)0;

    [SharedTheory]
    [InlineData("baseline_deflt.json", 0, true)]
    [InlineData("baseline_nob64.json", 0, false)]
    [InlineData("baseline_seed1.json", 1, true)]
    public void Every_published_vector_matches(string file, ushort seed, bool base64)
    {
        using JsonDocument vectors = JsonDocument.Parse(File.ReadAllBytes(SharedMaterial.Path("vectors", "community-id", file)));
        int checkedRows = 0;
        foreach (JsonElement row in vectors.RootElement.EnumerateArray())
        {
            Assert.Equal(row.GetProperty("communityid").GetString(), Compute(row, seed, base64));
            checkedRows++;
        }

        Assert.True(checkedRows >= 20);
    }

    [Theory]
    [InlineData(6, 1234, 80)]
    [InlineData(17, 53, 53)]
    [InlineData(1, 8, 0)]
    [InlineData(47, 0, 0)]
    public void Both_directions_have_one_name(byte protocol, ushort from, ushort to)
    {
        byte[] one = new byte[20], other = new byte[20];
        IpAddress a = IpAddress.Parse("10.0.0.1"), b = IpAddress.Parse("192.0.2.1");
        CommunityId.Hash(a, b, protocol, from, to, 0, one);
        CommunityId.Hash(b, a, protocol, protocol == 1 ? (ushort)0 : to, protocol == 1 ? (ushort)0 : from, 0, other);
        Assert.Equal(one, other);
    }
}
