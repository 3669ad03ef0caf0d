using Sensor.Detection.Inspect;
using Sensor.Primitives;

namespace Sensor.Tests.Detection.Inspect;

public class AddressIndexTests
{
    private static (IpAddress, IpAddress) Range(string first, string last) => (IpAddress.Parse(first), IpAddress.Parse(last));

    [Theory]
    [InlineData("9.255.255.255", new int[0])]
    [InlineData("10.0.0.0", new[] { 1 })]
    [InlineData("10.0.0.5", new[] { 1, 2 })]
    [InlineData("10.0.0.9", new[] { 1, 2 })]
    [InlineData("10.0.0.10", new[] { 2 })]
    [InlineData("10.0.0.20", new[] { 1 })]
    [InlineData("10.0.0.21", new[] { 1 })]
    [InlineData("10.0.0.31", new int[0])]
    [InlineData("255.255.255.255", new[] { 3 })]
    [InlineData("2001:db8::7", new[] { 3 })]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", new[] { 3 })]
    [InlineData("::", new int[0])]
    public void Finds_the_rules_that_list_an_address(string address, int[] expected)
    {
        AddressIndex index = AddressIndex.Build(
        [
            (1, [Range("10.0.0.0", "10.0.0.9"), Range("10.0.0.20", "10.0.0.20"), Range("10.0.0.21", "10.0.0.30")]),
            (2, [Range("10.0.0.5", "10.0.0.15")]),
            (3, [Range("255.255.255.255", "255.255.255.255"), Range("2001:db8::", "2001:db8::ffff"), Range("ffff::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]),
        ]);
        Assert.Equal(expected, index.Find(IpAddress.Parse(address)));
    }
}
