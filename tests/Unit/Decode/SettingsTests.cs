using Sensor.Decode;
using Sensor.Decode.Network.Fragments;
using Sensor.Primitives;

namespace Sensor.Tests.Decode;

public sealed class SettingsTests
{
    private static DecodeOptions From(params (string Key, string Value)[] settings) => DecodeOptions.FromSettings(settings.ToDictionary(pair => pair.Key, pair => pair.Value));

    [Fact]
    public void Tunnel_ports_are_read_or_kept()
    {
        Assert.Equal([4789], From().VxlanPorts);
        Assert.Empty(From(("decoder.vxlan.enabled", "no")).VxlanPorts);
        Assert.Equal([4789, 8472], From(("decoder.vxlan.ports", "[4789, 8472]")).VxlanPorts);
        Assert.Equal([6081], From(("decoder.geneve.ports", "$GENEVE_PORTS")).GenevePorts);
        Assert.Equal([3544], From(("decoder.teredo.ports", "70000")).TeredoPorts);
    }

    [Fact]
    public void Host_policies_are_read_with_their_prefix()
    {
        HostPolicy[] policies = [.. From(("host-os-policy.windows.0", "0.0.0.0/0"), ("host-os-policy.old-linux.0", "2.2.2.2"), ("host-os-policy.amiga.0", "1.1.1.1")).HostPolicies];
        Assert.Equal([(OverlapPolicy.Windows, 96), (OverlapPolicy.Linux, 128)], policies.Select(policy => (policy.Policy, policy.PrefixLength)));
        Assert.True(policies[1].Covers(IpAddress.Parse("2.2.2.2")));
        Assert.False(policies[1].Covers(IpAddress.Parse("2.2.2.3")));
    }
}
