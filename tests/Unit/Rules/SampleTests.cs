using Sensor.Tests.Support.Traffic;

namespace Sensor.Tests.Rules;

/// <summary>The sample capture that ships is what the traffic builder makes, byte for byte.</summary>
public class SampleTests
{
    [Fact]
    public void The_shipped_sample_is_what_the_builder_makes()
    {
        byte[] built = SampleTraffic.Build().ToPcap();
        string file = Checkout.Path("rules", "samples", "twelve-classes.pcap");
        if (Environment.GetEnvironmentVariable("SENSOR_WRITE_SAMPLES") == "1") File.WriteAllBytes(file, built);
        Assert.True(built.AsSpan().SequenceEqual(File.ReadAllBytes(file)), "rules/samples/twelve-classes.pcap is not what SampleTraffic builds; run the test once with SENSOR_WRITE_SAMPLES=1 and commit the file");
    }
}
