using System.Text;
using Sensor.Reputation;

namespace Sensor.Tests.Reputation;

public class UrlCanonicalTests
{
    [Theory]
    [InlineData("Evil.Example", "evil.example")]
    [InlineData("evil.example.", "evil.example")]
    [InlineData("evil.example:8080", "evil.example")]
    [InlineData("user:secret@evil.example", "evil.example")]
    [InlineData("[2001:db8::1]:443", "2001:db8::1")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("", "")]
    public void Hosts_have_one_spelling(string given, string expected)
    {
        byte[] room = new byte[64];
        int written = UrlCanonical.Host(Encoding.ASCII.GetBytes(given), room);
        Assert.Equal(expected, Encoding.ASCII.GetString(room, 0, written));
    }

    [Theory]
    [InlineData("", "/")]
    [InlineData("/", "/")]
    [InlineData("/a/b", "/a/b")]
    [InlineData("/a//b/", "/a/b/")]
    [InlineData("/a/./b/../c", "/a/c")]
    [InlineData("/../../etc", "/etc")]
    [InlineData("/%61%2Fb", "/a%2Fb")]
    [InlineData("/x/%2e%2e/y", "/y")]
    [InlineData("/p?q=%41#frag", "/p?q=A")]
    [InlineData("/p?next=/a/../b", "/p?next=/a/../b")]
    [InlineData("http://evil.example/a/b", "/a/b")]
    [InlineData("http://evil.example", "/")]
    [InlineData("/100%", "/100%")]
    public void Paths_have_one_spelling(string given, string expected)
    {
        byte[] room = new byte[64];
        int written = UrlCanonical.Path(Encoding.ASCII.GetBytes(given), room);
        Assert.Equal(expected, Encoding.ASCII.GetString(room, 0, written));
    }

    [Fact]
    public void A_short_destination_cuts_instead_of_throwing()
    {
        byte[] path = Encoding.ASCII.GetBytes("/aa/../bb/cc/%2e%2e/dd?x=1");
        for (int length = 0; length < path.Length; length++) Assert.InRange(UrlCanonical.Path(path, new byte[length]), 0, length);
        for (int length = 0; length < 8; length++) Assert.InRange(UrlCanonical.Host("abcdefgh"u8, new byte[length]), 0, length);
    }
}
