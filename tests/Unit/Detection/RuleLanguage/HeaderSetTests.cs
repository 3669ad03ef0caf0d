using Sensor.Detection.RuleLanguage;
using Sensor.Primitives;

namespace Sensor.Tests.Detection.RuleLanguage;

public class HeaderSetTests
{
    private static readonly RuleVariables Variables = new()
    {
        Addresses = new Dictionary<string, string>
        {
            ["HOME_NET"] = "[192.168.0.0/16,10.0.0.0/8,2001:db8::/32]",
            ["EXTERNAL_NET"] = "!$HOME_NET",
            ["DNS_SERVERS"] = "10.0.0.53, 10.0.1.53",
            ["LOOP"] = "[$BACK]",
            ["BACK"] = "!$LOOP",
            ["BROKEN"] = "10.0.0.0/33",
            ["EVERYTHING"] = "any",
            ["NOTHING"] = "!$EVERYTHING",
        },
        Ports = new Dictionary<string, string> { ["HTTP_PORTS"] = "80", ["FILE_DATA_PORTS"] = "[$HTTP_PORTS,110,143]", ["SHELLCODE_PORTS"] = "!80" },
    };

    [Theory]
    [InlineData("any", "1.2.3.4 ::1 2001:db8::1", "")]
    [InlineData("1.2.3.4", "1.2.3.4 ::ffff:1.2.3.4", "1.2.3.5 1.2.3.3 ::1")]
    [InlineData("!1.2.3.4", "1.2.3.5 ::1", "1.2.3.4")]
    [InlineData("!!1.2.3.4", "1.2.3.4", "1.2.3.5")]
    [InlineData("10.0.0.0/8", "10.0.0.0 10.255.255.255", "9.255.255.255 11.0.0.0 ::")]
    [InlineData("10.1.2.3/255.255.0.0", "10.1.0.0 10.1.255.255", "10.2.0.0")]
    [InlineData("0.0.0.0/0", "0.0.0.0 255.255.255.255", "::1 2001:db8::1")]
    [InlineData("::/0", "::1 1.2.3.4", "")]
    [InlineData("192.0.2.5-192.0.2.7", "192.0.2.5 192.0.2.6 192.0.2.7", "192.0.2.4 192.0.2.8")]
    [InlineData("2001:db8::/32", "2001:db8:: 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff 2001:db9::")]
    [InlineData("2001:db8::1-2001:db8::3", "2001:db8::2", "2001:db8::4")]
    [InlineData("[10.0.0.0/24,!10.0.0.5]", "10.0.0.4 10.0.0.6", "10.0.0.5 10.0.1.0")]
    [InlineData("[ !10.0.0.5 , 10.0.0.0/24 ]", "10.0.0.4", "10.0.0.5")]
    [InlineData("![10.0.0.5,10.0.0.7]", "10.0.0.6 ::1", "10.0.0.5 10.0.0.7")]
    [InlineData("[!10.0.0.5,!10.0.0.7]", "10.0.0.6", "10.0.0.5 10.0.0.7")]
    [InlineData("[1.1.1.1,[2.2.2.2,![3.3.3.0/24]]]", "1.1.1.1 2.2.2.2", "3.3.3.3 4.4.4.4")]
    [InlineData("$HOME_NET", "192.168.1.1 10.9.9.9 2001:db8::9", "172.16.0.1 ::1")]
    [InlineData("!$HOME_NET", "172.16.0.1 ::1", "192.168.1.1 2001:db8::9")]
    [InlineData("$EXTERNAL_NET", "8.8.8.8", "10.0.0.1")]
    [InlineData("!$EXTERNAL_NET", "10.0.0.1", "8.8.8.8")]
    [InlineData("[$EXTERNAL_NET,!8.8.8.8]", "8.8.4.4", "8.8.8.8 10.0.0.1")]
    [InlineData("[$HOME_NET,!$DNS_SERVERS]", "10.0.0.52 10.0.1.54", "10.0.0.53 10.0.1.53")]
    public void Address_expressions(string text, string inside, string outside)
    {
        AddressSet set = AddressExpression.Compile(text, Variables);
        foreach (string one in inside.Split(' ', StringSplitOptions.RemoveEmptyEntries)) Assert.True(set.Contains(IpAddress.Parse(one)), one);
        foreach (string one in outside.Split(' ', StringSplitOptions.RemoveEmptyEntries)) Assert.False(set.Contains(IpAddress.Parse(one)), one);
        Assert.Equal(text is "any" or "::/0", set.IsAny);
    }

    [Theory]
    [InlineData("any", "0 80 65535", "")]
    [InlineData("80", "80", "79 81")]
    [InlineData("1024:", "1024 65535", "1023")]
    [InlineData(":1023", "0 1023", "1024")]
    [InlineData("10:20", "10 15 20", "9 21")]
    [InlineData("!80", "79 81", "80")]
    [InlineData("![80,443]", "81", "80 443")]
    [InlineData("[80:100,!99]", "98 100", "99 79")]
    [InlineData("[1,3,5,7,9,11,13]", "1 7 13", "0 2 14 65535")]
    [InlineData("$FILE_DATA_PORTS", "80 110 143", "443")]
    [InlineData("[$SHELLCODE_PORTS, !443]", "81", "80 443")]
    [InlineData("[1:80,![2,4]]", "1 3 80", "2 4")]
    public void Port_expressions(string text, string inside, string outside)
    {
        PortSet set = PortExpression.Compile(text, Variables);
        foreach (string one in inside.Split(' ', StringSplitOptions.RemoveEmptyEntries)) Assert.True(set.Contains(ushort.Parse(one)), one);
        foreach (string one in outside.Split(' ', StringSplitOptions.RemoveEmptyEntries)) Assert.False(set.Contains(ushort.Parse(one)), one);
        Assert.Equal(text == "any", set.IsAny);
    }

    [Theory]
    [InlineData("$HOME_NETT", 0, "no address variable has that name (did you mean $HOME_NET?)")]
    [InlineData("[10.0.0.1,$HTTP_PORTS]", 10, "changed places")]
    [InlineData("$LOOP", 0, "$LOOP -> $BACK -> $LOOP")]
    [InlineData("$BROKEN", 0, "prefix length must be 0 to 32 (in the definition of $BROKEN)")]
    [InlineData("$NOTHING", 0, "leaves no address at all")]
    [InlineData("!any", 0, "leaves no address at all")]
    [InlineData("[10.0.0.1", 0, "never closed")]
    [InlineData("10.0.0.1]", 8, "\"]\" without \"[\"")]
    [InlineData("[10.0.0.1,,10.0.0.2]", 10, "nothing stands")]
    [InlineData("[]", 1, "nothing stands")]
    [InlineData("10.0.0", 0, "cannot read address \"10.0.0\"")]
    [InlineData("010.0.0.1", 0, "cannot read address")]
    [InlineData("10.0.0.256", 0, "cannot read address")]
    [InlineData("10.0.0.9-10.0.0.1", 0, "runs backwards")]
    [InlineData("10.0.0.9-::1", 0, "one end is IPv4")]
    [InlineData("10.0.0.0/255.0.255.0", 0, "not contiguous")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1.1.1.1", 33, "deep")]
    public void Address_errors(string text, int offset, string expected)
    {
        RuleException exception = Assert.Throws<RuleException>(() => AddressExpression.Compile(text, Variables));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Equal(offset, exception.Offset);
    }

    [Theory]
    [InlineData("65536", "0 to 65535")]
    [InlineData(":", "at least one end")]
    [InlineData("9:1", "backwards")]
    [InlineData("http", "cannot read port \"http\"")]
    [InlineData("$HTTP_PORT", "did you mean $HTTP_PORTS?")]
    [InlineData("!0:", "leaves no port")]
    [InlineData("+5", "cannot read port")]
    public void Port_errors(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<RuleException>(() => PortExpression.Compile(text, Variables)).Message, StringComparison.Ordinal);

    [Fact]
    public void Long_lists_answer_as_a_plain_search_would()
    {
        Random random = new(7);
        List<(uint First, uint Last)> ranges = [];
        for (int count = 0; count < 500; count++)
        {
            uint first = (uint)random.Next(1 << 20);
            ranges.Add((first, first + (uint)random.Next(300)));
        }

        string text = "[" + string.Join(',', ranges.Select(range => $"{IpAddress.FromIpv4(range.First)}-{IpAddress.FromIpv4(range.Last)}")) + "]";
        AddressSet set = AddressExpression.Compile(text, Variables), inverse = AddressExpression.Compile("!" + text, Variables);
        for (int count = 0; count < 20_000; count++)
        {
            uint address = (uint)random.Next(1 << 20);
            bool expected = ranges.Any(range => address >= range.First && address <= range.Last);
            Assert.Equal(expected, set.Contains(IpAddress.FromIpv4(address)));
            Assert.Equal(!expected, inverse.Contains(IpAddress.FromIpv4(address)));
        }
    }

    [Fact]
    public void Equal_texts_share_one_set()
    {
        HeaderSets sets = new(Variables);
        Assert.Same(sets.Addresses("$HOME_NET"), sets.Addresses("$HOME_NET"));
        Assert.Same(sets.Ports("$HTTP_PORTS"), sets.Ports("$HTTP_PORTS"));
        Assert.Same(AddressSet.Any, sets.Addresses("any"));
    }

    [Theory]
    [InlineData("htpt.uri", "http.uri")]
    [InlineData("http.urii", "http.uri")]
    [InlineData("nocsae", "nocase")]
    [InlineData("zzz", null)]
    public void Mistyped_words_find_the_word_meant(string word, string? expected) =>
        Assert.Equal(expected, DidYouMean.Nearest(word, ["http.uri", "http.host", "nocase", "content"]));
}
