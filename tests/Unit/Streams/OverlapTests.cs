using Sensor.Primitives;
using Sensor.Streams;

namespace Sensor.Tests.Streams;

public sealed class OverlapTests
{
    private static Conversation Talk(HostPolicy policy) => new Conversation(new StreamOptions { DefaultHostPolicy = policy }).Handshake();

    /// <summary>Earlier segment OOOO at 2..6; the later one NNNN... begins and ends before, with or after it.</summary>
    [Theory]
    [InlineData(HostPolicy.First, 2, 4, "--OOOO--")]
    [InlineData(HostPolicy.First, 0, 8, "NNOOOONN")]
    [InlineData(HostPolicy.Last, 2, 4, "--NNNN--")]
    [InlineData(HostPolicy.Last, 4, 4, "--OONNNN")]
    [InlineData(HostPolicy.Bsd, 2, 4, "--OOOO--")]
    [InlineData(HostPolicy.Bsd, 0, 4, "NNNNOO--")]
    [InlineData(HostPolicy.Bsd, 2, 6, "--OOOONN")]
    [InlineData(HostPolicy.BsdRight, 2, 4, "--NNNN--")]
    [InlineData(HostPolicy.BsdRight, 4, 4, "--OOOONN")]
    [InlineData(HostPolicy.Linux, 2, 4, "--OOOO--")]
    [InlineData(HostPolicy.Linux, 2, 6, "--NNNNNN")]
    [InlineData(HostPolicy.Linux, 0, 4, "NNNNOO--")]
    [InlineData(HostPolicy.OldLinux, 2, 4, "--NNNN--")]
    [InlineData(HostPolicy.Windows, 0, 4, "NNNNOO--")]
    [InlineData(HostPolicy.Vista, 0, 4, "NNOOOO--")]
    [InlineData(HostPolicy.Vista, 0, 8, "NNNNNNNN")]
    [InlineData(HostPolicy.Solaris, 2, 4, "--NNNN--")]
    [InlineData(HostPolicy.Solaris, 0, 4, "NNOOOO--")]
    [InlineData(HostPolicy.Solaris, 4, 4, "--OONNNN")]
    public void The_receivers_policy_decides(HostPolicy policy, int at, int length, string expected)
    {
        // Ahead of its turn, and in order but not acknowledged: the outcome is the same.
        foreach (bool inOrder in new[] { false, true })
        {
            if (inOrder && at < 2) continue;
            Conversation talk = Talk(policy);
            if (inOrder) talk.Client("A", "--", at: 0, ack: 0);
            talk.Client("A", "OOOO", at: 2, ack: 0).Client("A", new string('N', length), at: at, ack: 0);
            if (!inOrder && at >= 2) talk.Client("A", "--", at: 0, ack: 0);
            if (at + length <= 6) talk.Client("A", "--", at: 6, ack: 0);
            talk.Server("A", ack: 8);
            Assert.Equal(expected, talk.ToServer);
            Assert.Contains("reassembly_overlap_different_data", talk.Events);
        }
    }

    [Fact]
    public void Equal_bytes_twice_are_no_event()
    {
        Conversation talk = Talk(HostPolicy.Bsd).Client("A", "same", ack: 0).Client("A", "same", ack: 0);
        Assert.Equal(["pkt_retransmission"], talk.Events);
        Assert.Equal(StreamVerdict.Accepted | StreamVerdict.PayloadInStream, talk.Verdict);
    }

    [Fact]
    public void Different_bytes_are_an_event_and_the_packet_stays_to_be_inspected_alone()
    {
        Conversation talk = Talk(HostPolicy.Bsd).Client("A", "GOOD", ack: 0).Client("A", "EVIL", ack: 0);
        Assert.Equal(["pkt_retransmission", "reassembly_overlap_different_data"], talk.Events);
        Assert.Equal(StreamVerdict.Accepted, talk.Verdict);
        talk.Server("A", ack: 4);
        Assert.Equal("GOOD", talk.ToServer);
    }

    [Fact]
    public void Acknowledged_bytes_never_change()
    {
        Conversation talk = new Conversation(new StreamOptions { DefaultHostPolicy = HostPolicy.Last }) { Trims = false }.Handshake();
        talk.Client("A", "GOODmore", ack: 0).Server("A", ack: 4).Client("A", "EVILEVIL", ack: 0).Server("A", ack: 8);
        Assert.Equal("GOODEVIL", talk.ToServer);
    }

    [Fact]
    public void Policies_come_from_the_receivers_address()
    {
        StreamOptions options = StreamOptions.FromSettings(new Dictionary<string, string>
        {
            ["host-os-policy.windows.0"] = "0.0.0.0/0",
            ["host-os-policy.old-linux.0"] = "192.0.2.1",
            ["host-os-policy.linux.0"] = "2001:db8::/32",
        });
        Assert.Equal(HostPolicy.OldLinux, options.HostPolicyOf(IpAddress.Parse("192.0.2.1")));
        Assert.Equal(HostPolicy.Windows, options.HostPolicyOf(IpAddress.Parse("192.0.2.2")));
        Assert.Equal(HostPolicy.Linux, options.HostPolicyOf(IpAddress.Parse("2001:db8::1")));
        Assert.Equal(HostPolicy.Bsd, options.HostPolicyOf(IpAddress.Parse("2001:db9::1")));

        Conversation talk = new Conversation(options).Handshake().Client("A", "GOOD", ack: 0).Client("A", "EVIL", ack: 0).Server("A", ack: 4);
        Assert.Equal("EVIL", talk.ToServer);
    }

    [Fact]
    public void More_segments_than_edges_only_blur_the_oldest()
    {
        Conversation talk = Talk(HostPolicy.Last);
        for (int i = 0; i < 200; i++) talk.Client("A", "ab", at: 2 * i, ack: 0);
        talk.Client("A", new string('Z', 400), at: 0, ack: 0).Server("A", ack: 400);
        Assert.Equal(new string('Z', 400), talk.ToServer);
    }
}
