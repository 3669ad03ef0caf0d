using System.Text;
using Sensor.Detection.Patterns;

namespace Sensor.Tests.Detection.Patterns;

public class LiteralSearchTests
{
    private static byte Fold(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;

    /// <summary>The definition, as plainly as it can be said.</summary>
    private static int FindNaively(byte[] data, byte[] pattern, bool ignoreCase)
    {
        for (int at = 0; at + pattern.Length <= data.Length; at++)
        {
            bool equal = true;
            for (int index = 0; index < pattern.Length && equal; index++)
            {
                equal = ignoreCase ? Fold(data[at + index]) == Fold(pattern[index]) : data[at + index] == pattern[index];
            }

            if (equal) return at;
        }

        return -1;
    }

    [Theory]
    [InlineData("abc", "xxabcxx", true, 2)]
    [InlineData("ABC", "xxabcxx", true, 2)]
    [InlineData("abc", "xxABCxx", true, 2)]
    [InlineData("ABC", "xxabcxx", false, -1)]
    [InlineData("@[", "`{", true, -1)]
    [InlineData("user-agent: ", "GET / HTTP/1.1\r\nHost: example.org\r\nAccept: */*\r\nUSER-AGENT: x\r\n\r\n", true, 48)]
    [InlineData("a", "A", true, 0)]
    [InlineData("abc", "ab", true, -1)]
    [InlineData("abc", "", true, -1)]
    public void Finds_the_first_occurrence(string pattern, string data, bool ignoreCase, int expected) =>
        Assert.Equal(expected, new LiteralSearch(Encoding.Latin1.GetBytes(pattern), ignoreCase).Find(Encoding.Latin1.GetBytes(data)));

    [Fact]
    public void Agrees_with_the_definition_on_random_data()
    {
        Random random = new(11);
        byte[] alphabet = "aAbB@`[{\0"u8.ToArray();
        for (int round = 0; round < 30_000; round++)
        {
            byte[] pattern = random.GetItems(alphabet, 1 + random.Next(round % 3 == 0 ? 40 : 4));
            byte[] data = random.GetItems(alphabet, random.Next(150));
            if (round % 4 == 0 && data.Length > pattern.Length)
            {
                pattern.CopyTo(data, random.Next(data.Length - pattern.Length + 1));
                for (int index = 0; index < data.Length; index++) if (random.Next(2) == 0) data[index] = Fold(data[index]);
            }

            bool ignoreCase = random.Next(3) > 0;
            LiteralSearch search = new(pattern, ignoreCase);
            int expected = FindNaively(data, pattern, ignoreCase);
            Assert.Equal(expected, search.Find(data));
            Assert.Equal(data.Length >= pattern.Length && FindNaively(data[..pattern.Length], pattern, ignoreCase) == 0, search.IsAtStartOf(data));
        }
    }

    [Fact]
    public void Never_reads_outside_the_data()
    {
        // The match lies right behind the end of the span: a search that looked further would find it.
        byte[] memory = Encoding.ASCII.GetBytes(new string('.', 200) + "Needle");
        LiteralSearch search = new("needle"u8, ignoreCase: true);
        for (int length = 0; length < memory.Length; length++) Assert.Equal(-1, search.Find(memory.AsSpan(0, length)));
        Assert.Equal(200, search.Find(memory));
    }

    [Fact]
    public void Allocates_nothing()
    {
        LiteralSearch search = new("needle"u8, ignoreCase: true);
        byte[] data = new byte[5000];
        int found = search.Find(data);
        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            for (int round = 0; round < 1000; round++) found += search.Find(data);
        }));
        Assert.Equal(-1001, found);
    }
}
