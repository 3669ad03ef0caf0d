using System.IO.Compression;
using System.Security.Cryptography;
using Sensor.Detection.Inspect;
using Sensor.Detection.Keywords.Payload;
using Sensor.Detection.Patterns;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Transforms;

/// <summary>A digest, as raw bytes (rules write it as <c>|12 34 ..|</c>).</summary>
internal sealed record Digest(string Name, int Length) : Transform
{
    public override int OutputLength(int input) => Length;

    public override int Apply(ReadOnlySpan<byte> input, Span<byte> output, InspectContext context) => Length switch
    {
        16 => MD5.HashData(input, output),
        20 => SHA1.HashData(input, output),
        _ => SHA256.HashData(input, output),
    };
}

/// <summary>Keeps the first group of an expression; a buffer without match stays as it is.</summary>
internal sealed record PcreTransform(string Expression) : Transform
{
    private readonly Pcre2Regex _regex = WithOneGroup(Expression);

    public bool Equals(PcreTransform? other) => other is not null && Expression == other.Expression;

    public override int GetHashCode() => Expression.GetHashCode(StringComparison.Ordinal);

    public override int Apply(ReadOnlySpan<byte> input, Span<byte> output, InspectContext context)
    {
        if (!_regex.TryMatch(input, 0, out _, out _) || !_regex.TryGetCapture(1, out int start, out int end)) return -1;
        input[start..end].CopyTo(output);
        return end - start;
    }

    private static Pcre2Regex WithOneGroup(string expression)
    {
        var regex = new Pcre2Regex(expression);
        if (regex.CaptureCount == 1) return regex;
        regex.Dispose();
        throw new RuleException($"cannot use pcrexform \"{expression}\": it needs one group, as in name=(\\w+)");
    }
}

/// <summary>base64 undone (user guide, "Transformations", from_base64).</summary>
internal sealed record FromBase64(int Bytes, int Offset, bool IsStrict) : Transform
{
    public static FromBase64 Parse(string value)
    {
        FromBase64 transform = new(0, 0, true);
        foreach (string part in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.StartsWith("bytes", StringComparison.Ordinal)) transform = transform with { Bytes = (int)RuleNumber.Parse("from_base64", part[5..], 1, ushort.MaxValue) };
            else if (part.StartsWith("offset", StringComparison.Ordinal)) transform = transform with { Offset = (int)RuleNumber.Parse("from_base64", part[6..], 0, ushort.MaxValue) };
            else if (part.StartsWith("mode", StringComparison.Ordinal)) transform = transform with { IsStrict = Mode(part[4..].Trim()) };
            else throw new RuleException($"cannot read from_base64: \"{part}\" is unknown; write bytes N, offset N, mode rfc4648");
        }

        return transform;
    }

    public override int Apply(ReadOnlySpan<byte> input, Span<byte> output, InspectContext context)
    {
        if (Offset >= input.Length) return -1;
        input = input[Offset..];
        if (Bytes > 0 && Bytes < input.Length) input = input[..Bytes];
        int written = Base64Bytes.Decode(input, output);
        return written == 0 ? -1 : written;
    }

    private static bool Mode(string name) => name switch
    {
        "rfc4648" or "strict" => true,
        "rfc2045" => false,
        _ => throw new RuleException($"cannot read from_base64: mode \"{name}\" is unknown; write rfc4648, rfc2045 or strict"),
    };
}

/// <summary>
/// gzip or zlib undone. The runtime's inflater allocates; rules with these transforms are rare, and the buffer is
/// bounded by <see cref="TransformScratch.MaximumBytes"/> before and <see cref="Most"/> after.
/// </summary>
internal sealed record Inflate(string Name, int Most) : Transform
{
    /// <summary>Bytes kept of what comes out, against compression bombs.</summary>
    private const int MaximumOutput = 256 * 1024;

    public static Inflate Parse(string name, string value)
    {
        string text = value.Trim();
        if (text.Length == 0) return new Inflate(name, MaximumOutput);
        if (!text.StartsWith("max-size", StringComparison.Ordinal)) throw new RuleException($"cannot read {name}: \"{text}\" is unknown; write max-size N");
        return new Inflate(name, (int)RuleNumber.Parse(name, text[8..], 1, MaximumOutput));
    }

    public override int OutputLength(int input) => Most;

    public override int Apply(ReadOnlySpan<byte> input, Span<byte> output, InspectContext context)
    {
        using var source = new MemoryStream(input.ToArray());
        using Stream inflater = Name == "gunzip" ? new GZipStream(source, CompressionMode.Decompress) : new ZLibStream(source, CompressionMode.Decompress);
        int written = 0;
        try
        {
            while (written < Most)
            {
                int read = inflater.Read(output[written..Most]);
                if (read == 0) break;
                written += read;
            }
        }
        catch (InvalidDataException)
        {
            // Cut or broken data: what came out so far is looked at.
        }

        return written == 0 ? -1 : written;
    }
}
