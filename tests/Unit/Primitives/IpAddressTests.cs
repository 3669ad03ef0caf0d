using System.Text;
using Sensor.Primitives;

namespace Sensor.Tests.Primitives;

public class IpAddressTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("255.255.255.255", "255.255.255.255")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("::", "::")]
    [InlineData("::1", "::1")]
    [InlineData("fe80::", "fe80::")]
    [InlineData("2001:0:0:1:0:0:0:1", "2001:0:0:1::1")]
    [InlineData("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1")]
    public void Text_is_the_shortened_form(string given, string expected) => Assert.Equal(expected, IpAddress.Parse(given).ToString());

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::1:0:0:1")]
    public void Formatting_refuses_a_short_span_instead_of_throwing(string text)
    {
        byte[] expected = Encoding.ASCII.GetBytes(text);
        for (int length = 0; length < expected.Length; length++)
        {
            Assert.False(IpAddress.Parse(text).TryFormat(new byte[length], out _));
        }

        byte[] exact = new byte[expected.Length];
        Assert.True(IpAddress.Parse(text).TryFormat(exact, out int written));
        Assert.Equal(expected, exact[..written]);
    }

    [Fact]
    public void Prefix_keeps_the_leading_bits()
    {
        IpAddress address = IpAddress.Parse("192.168.17.5");
        Assert.Equal(IpAddress.Parse("192.168.0.0"), address.Prefix(96 + 16));
        Assert.Equal(IpAddress.Parse("2001:db8::"), IpAddress.Parse("2001:db8:ffff::1").Prefix(32));
    }

    [Fact]
    public void Event_records_spell_every_group()
    {
        byte[] text = new byte[39];
        Assert.True(IpAddress.Parse("fe80::20c:29ff:fef3:cf38").TryFormatExpanded(text, out int written));
        Assert.Equal("fe80:0000:0000:0000:020c:29ff:fef3:cf38", Encoding.ASCII.GetString(text[..written]));
    }
}
