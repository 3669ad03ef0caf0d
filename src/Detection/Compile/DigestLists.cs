using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Compile;

/// <summary>Digests of one length, sorted; asked by binary search. Immutable.</summary>
internal sealed class DigestList(byte[] sorted, int length)
{
    public bool Contains(ReadOnlySpan<byte> digest)
    {
        int low = 0, high = (sorted.Length / length) - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = sorted.AsSpan(middle * length, length).SequenceCompareTo(digest);
            if (order == 0) return true;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return false;
    }
}

/// <summary>Lists of digests that rules name (filemd5 and its kin): one in hex per line, what follows it is a comment. Each file is read once.</summary>
internal sealed class DigestLists
{
    private readonly Dictionary<(string Path, int Length), DigestList> _lists = [];

    public DigestList Read(string keyword, string path, int length)
    {
        if (_lists.TryGetValue((path, length), out DigestList? known)) return known;
        List<byte[]> digests = [];
        try
        {
            foreach (string line in File.ReadLines(path))
            {
                string text = line.Trim();
                if (text.Length < length * 2 || text[0] == '#') continue;
                string digits = text[..(length * 2)];
                if (digits.All(char.IsAsciiHexDigit)) digests.Add(Convert.FromHexString(digits));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RuleException($"cannot read the list of {keyword}: {exception.Message}");
        }

        digests.Sort(static (left, right) => left.AsSpan().SequenceCompareTo(right));
        return _lists[(path, length)] = new DigestList([.. digests.SelectMany(digest => digest)], length);
    }
}
