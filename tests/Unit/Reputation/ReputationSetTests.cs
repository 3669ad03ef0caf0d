using System.Text;
using Sensor.Primitives;
using Sensor.Reputation;

namespace Sensor.Tests.Reputation;

public class ReputationSetTests
{
    [Theory]
    [InlineData("a.b.evil.example", true)]
    [InlineData("evil.example", true)]
    [InlineData("notevil.example", false)]
    [InlineData("example", false)]
    public void A_listed_host_covers_the_names_below_it(string host, bool listed)
    {
        ByteKeyTable table = ByteKeyTable.Build([("evil.example"u8.ToArray(), 7)]);
        Assert.Equal(listed, ReputationSet.TryFindHost(table, Encoding.ASCII.GetBytes(host), out int found));
        Assert.Equal(listed ? 7 : -1, found);
    }

    [Theory]
    [InlineData("shared.example/bad/kit", true)]
    [InlineData("shared.example/bad/kit/deeper?x=1", true)]
    [InlineData("shared.example/bad/kit?x=1", true)]
    [InlineData("shared.example/bad/kitten", false)]
    [InlineData("shared.example/bad", false)]
    [InlineData("shared.example/", false)]
    [InlineData("shared.example/good", false)]
    [InlineData("root.example/", true)]
    [InlineData("root.example/other", false)]
    public void A_listed_url_never_covers_another_path(string url, bool listed)
    {
        ByteKeyTable table = ByteKeyTable.Build([("shared.example/bad/kit"u8.ToArray(), 0), ("root.example/"u8.ToArray(), 1)]);
        byte[] bytes = Encoding.ASCII.GetBytes(url);
        Assert.Equal(listed, ReputationSet.TryFindUrl(table, bytes, bytes.AsSpan().IndexOf((byte)'/'), out _));
    }

    [Theory]
    [InlineData("ev?l.example", "/bad/kit", false)]
    [InlineData("?", "/", false)]
    [InlineData("?ev/l?", "/bad/kit/a?b", true)]
    public void A_host_header_with_a_question_mark_is_looked_up_like_any_other(string host, string path, bool listed)
    {
        ByteKeyTable table = ByteKeyTable.Build([("?ev/l?/bad/kit"u8.ToArray(), 0)]);
        Assert.Equal(listed, ReputationSet.TryFindUrl(table, Encoding.ASCII.GetBytes(host + path), host.Length, out _));
    }

    [Fact]
    public void The_most_specific_network_wins()
    {
        AddressTable table = AddressTable.Build(
        [
            Network("10.0.0.0", 96 + 8, 1), Network("10.1.0.0", 96 + 16, 2), Network("10.1.2.3", 128, 3), Network("2001:db8::", 32, 4), Network("0.0.0.0", 96, 5),
        ]);
        Assert.Equal(1, Find("10.0.0.1"));
        Assert.Equal(2, Find("10.1.2.2"));
        Assert.Equal(3, Find("10.1.2.3"));
        Assert.Equal(3, Find("::ffff:10.1.2.3"));
        Assert.Equal(2, Find("10.1.2.4"));
        Assert.Equal(1, Find("10.255.255.255"));
        Assert.Equal(5, Find("11.0.0.0"));
        Assert.Equal(5, Find("255.255.255.255"));
        Assert.Equal(4, Find("2001:db8:ffff::1"));
        Assert.Equal(-1, Find("2001:db9::"));

        static (IpAddress, int, int) Network(string text, int length, int value) => (IpAddress.Parse(text), length, value);
        int Find(string text) => table.TryFind(IpAddress.Parse(text), out int value) ? value : -1;
    }

    [Fact]
    public void Random_networks_agree_with_a_linear_search()
    {
        var random = new Random(20261120);
        var networks = Enumerable.Range(0, 300).Select(i => (IpAddress.FromIpv4((uint)random.NextInt64(1L << 32)), 96 + random.Next(2, 33), i)).DistinctBy(n => (n.Item1.Prefix(n.Item2), n.Item2)).ToList();
        AddressTable table = AddressTable.Build(networks);
        for (int i = 0; i < 20_000; i++)
        {
            IpAddress probe = IpAddress.FromIpv4((uint)random.NextInt64(1L << 32));
            int expected = networks.Where(n => probe.Prefix(n.Item2) == n.Item1.Prefix(n.Item2)).OrderByDescending(n => n.Item2).Select(n => n.Item3).FirstOrDefault(-1);
            Assert.Equal(expected, table.TryFind(probe, out int value) ? value : -1);
        }
    }

    [Fact]
    public void A_bad_entry_is_named_and_the_others_load()
    {
        var errors = new List<ReputationError>();
        const string text = "# list: demo\r\n# kind: address\r\n# category: c2\r\n# threat-class: c2\r\n# sid: 7100001\r\n\r\n192.0.2.1 # seen 2026\r\n192.0.2.0/33\r\n2001:db8::/32\r\n";
        ReputationSet set = ReputationSet.Build([ReputationList.Read("demo.list", new StringReader(text), errors)], errors);
        Assert.Equal(2, set.Count);
        Assert.Contains("192.0.2.0/33", Assert.Single(errors).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_without_its_kind_says_what_is_missing()
    {
        var problem = Assert.Throws<FormatException>(() => ReputationList.Read("demo.list", new StringReader("# list: demo\n1.2.3.4\n"), []));
        Assert.Contains("# kind:", problem.Message, StringComparison.Ordinal);
    }
}
