using Sensor.Engine.Configuration;

namespace Sensor.Tests.Engine;

public class ConfigurationReaderTests
{
    private const string Whole = """
        sensor:
          name: "Head office"
        capture:
          interface: eth1
          kernel-buffer: 128mb
          promiscuous: no
        vars:
          address-groups:
            HOME_NET: "[10.1.0.0/16]"
        rules:
          files:
            - a.rules
            - b.rules
        engine:
          workers: 3
          settings:
            stream.midstream: true
        uplink:
          portal: https://portal.example.jp:443
        events:
        """;

    [Fact]
    public void Every_section_finds_its_place()
    {
        SensorConfiguration configuration = Read(Whole);
        Assert.Equal("Head office", configuration.SensorName);
        Assert.Equal("eth1", configuration.Capture.Interface);
        Assert.Equal(128L << 20, configuration.Capture.KernelBufferBytes);
        Assert.False(configuration.Capture.Promiscuous);
        Assert.Equal("[10.1.0.0/16]", configuration.AddressGroups["HOME_NET"]);
        Assert.Equal("!$HOME_NET", configuration.AddressGroups["EXTERNAL_NET"]);
        Assert.Equal(["a.rules", "b.rules"], configuration.RuleFiles);
        Assert.Equal(3, configuration.EffectiveWorkers);
        Assert.Equal("true", configuration.EngineSettings["stream.midstream"]);
        Assert.Equal("https://portal.example.jp:443", configuration.Uplink.Portal);
    }

    [Theory]
    [InlineData("capture:\n  interfase: eth1", "test.yaml:2:3: unknown key \"capture.interfase\" (did you mean \"capture.interface\"?)")]
    [InlineData("capture:\n  promiscuous: maybe", "test.yaml:2:16: capture.promiscuous: \"maybe\" is neither yes nor no; write yes or no")]
    [InlineData("engine:\n  workers: 1000", "\"1000\" is not a number from 0 to 64")]
    [InlineData("engine:\n  queue-size: big", "write for example 64mb")]
    [InlineData("rules:\n  files: a.rules", "takes a list")]
    [InlineData("capture: eth1", "\"capture\" is a section")]
    [InlineData("uplink:\n  portal: portal.example.jp", "is not a portal address; write https://")]
    [InlineData("vars:\n  address-groups:\n    HOME_NET: [10.0.0.0/8]", "put lists in quotes")]
    [InlineData("capture:\n\tinterface: eth1", "not valid YAML")]
    [InlineData("[capture, a]: eth1", "test.yaml:1:1: a key is one word")]
    [InlineData("vars:\n  address-groups:\n    ? [a, b]\n    : c", "a key is one word")]
    [InlineData("- a\n- b", "is a list of \"section:\" entries")]
    public void A_mistake_is_told_with_place_and_remedy(string text, string expected)
    {
        var problem = Assert.Throws<ConfigurationException>(() => Read(text));
        Assert.StartsWith("cannot load configuration: test.yaml:", problem.Message, StringComparison.Ordinal);
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_told_by_its_name()
    {
        var problem = Assert.Throws<ConfigurationException>(() => ConfigurationReader.Read("/nowhere/sensord.yaml"));
        Assert.Contains("/nowhere/sensord.yaml", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Assignments_reach_settings_groups_and_keys()
    {
        var configuration = new SensorConfiguration();
        foreach (string assignment in (string[])["engine.workers=2", "vars.address-groups.HOME_NET=[10.0.0.0/8]", "stream.midstream=true", "lists.files=/x"])
            ConfigurationReader.Set(configuration, assignment);
        Assert.Equal(2, configuration.Workers);
        Assert.Equal("[10.0.0.0/8]", configuration.AddressGroups["HOME_NET"]);
        Assert.Equal("true", configuration.EngineSettings["stream.midstream"]);
        Assert.Equal(["/x"], configuration.ListFiles);
        Assert.Throws<ConfigurationException>(() => ConfigurationReader.Set(configuration, "nothing"));
        Assert.Throws<ConfigurationException>(() => ConfigurationReader.Set(configuration, "engine.workers=many"));
    }

    [Fact]
    public void The_shipped_configuration_can_be_read()
    {
        SensorConfiguration configuration = ConfigurationReader.Read(Checkout.Path("packaging", "sensord.yaml"));
        Assert.Equal("eth1", configuration.Capture.Interface);
        Assert.Equal("/usr/share/sensord/rules", Assert.Single(configuration.RuleFiles));
    }

    private static SensorConfiguration Read(string text) => ConfigurationReader.Read("test.yaml", new StringReader(text));
}
