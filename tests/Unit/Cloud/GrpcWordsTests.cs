using Sensor.Cloud;
using Sensor.Wire;

namespace Sensor.Tests.Cloud;

/// <summary>The small texts of the gRPC protocol.</summary>
public sealed class GrpcWordsTests
{
    [Theory]
    [InlineData(0.0000001, "1u")]
    [InlineData(0.0015, "1500u")]
    [InlineData(10, "10000000u")]
    [InlineData(90, "90000000u")]
    [InlineData(100, "100000m")]
    [InlineData(100_000, "100000S")]
    [InlineData(100_000_000, "1666667M")]
    [InlineData(0, "0m")]
    public void Timeouts_take_the_finest_unit_that_fits_and_never_become_shorter(double seconds, string header)
    {
        Assert.Equal(header, GrpcTimeout.Format(TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond))));
        Assert.True(GrpcTimeout.TryParse(header, out TimeSpan back));
        Assert.True(back.TotalSeconds >= seconds);
    }

    [Theory]
    [InlineData("1H", 3600)]
    [InlineData("2M", 120)]
    [InlineData("3S", 3)]
    [InlineData("4m", 0.004)]
    [InlineData("5u", 0.000005)]
    [InlineData("600n", 0.0000006)]
    public void Timeouts_are_read_in_every_unit(string header, double seconds)
    {
        Assert.True(GrpcTimeout.TryParse(header, out TimeSpan timeout));
        Assert.Equal(seconds, timeout.TotalSeconds, 9);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("-1S")]
    [InlineData("1s")]
    [InlineData("123456789S")]
    [InlineData("1.5S")]
    public void Malformed_timeouts_are_refused(string? header) => Assert.False(GrpcTimeout.TryParse(header, out _));

    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("100% 拒否\n", "100%25 %E6%8B%92%E5%90%A6%0A")]
    public void Messages_survive_the_header(string message, string header)
    {
        Assert.Equal(header, GrpcMessageText.Encode(message));
        Assert.Equal(message, GrpcMessageText.Decode(header));
    }

    [Theory]
    [InlineData("50% off", "50% off")]
    [InlineData("%zz%4", "%zz%4")]
    [InlineData("%41%", "A%")]
    [InlineData(null, "")]
    public void A_broken_escape_stays_as_it_is(string? header, string message) => Assert.Equal(message, GrpcMessageText.Decode(header));

    [Theory]
    [InlineData("application/grpc", true)]
    [InlineData("application/grpc+proto", true)]
    [InlineData("application/grpc; charset=utf-8", true)]
    [InlineData("application/grpc-web", false)]
    [InlineData("text/html", false)]
    [InlineData(null, false)]
    public void Content_types(string? type, bool grpc) => Assert.Equal(grpc, GrpcNames.IsGrpc(type));

    [Theory]
    [InlineData(400, GrpcStatus.Internal)]
    [InlineData(401, GrpcStatus.Unauthenticated)]
    [InlineData(403, GrpcStatus.PermissionDenied)]
    [InlineData(404, GrpcStatus.Unimplemented)]
    [InlineData(429, GrpcStatus.Unavailable)]
    [InlineData(502, GrpcStatus.Unavailable)]
    [InlineData(503, GrpcStatus.Unavailable)]
    [InlineData(504, GrpcStatus.Unavailable)]
    [InlineData(500, GrpcStatus.Unknown)]
    [InlineData(302, GrpcStatus.Unknown)]
    public void Http_statuses_mean(int http, GrpcStatus status) => Assert.Equal(status, GrpcResponse.FromHttp(http));

    [Fact]
    public void Pauses_grow_from_one_second_to_sixty_and_differ_by_at_most_a_fifth()
    {
        Backoff backoff = new(new Random(1));
        double expected = 1;
        for (int index = 0; index < 20; index++)
        {
            Assert.InRange(backoff.Next().TotalSeconds, expected * 0.8, expected * 1.2);
            expected = Math.Min(60, expected * 1.5);
        }

        backoff.Reset();
        Assert.InRange(backoff.Next().TotalSeconds, 0.8, 1.2);
    }
}
