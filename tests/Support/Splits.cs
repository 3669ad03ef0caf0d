namespace Sensor.Tests.Support;

/// <summary>Ways in which bytes may arrive: whole, cut in two at each byte, one byte at a time.</summary>
public static class Splits
{
    /// <summary>Each way as the list of pieces, in order; their concatenation is always <paramref name="bytes"/>.</summary>
    public static IEnumerable<IReadOnlyList<byte[]>> Of(byte[] bytes)
    {
        yield return [bytes];
        for (int cut = 1; cut < bytes.Length; cut++) yield return [bytes[..cut], bytes[cut..]];
        yield return [.. bytes.Select(one => new[] { one })];
    }
}
