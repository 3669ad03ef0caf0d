namespace Sensor.Detection.RuleLanguage;

/// <summary>What Perl-compatible flags of a <c>pcre</c> ask for.</summary>
[Flags]
public enum PcreOptions : byte
{
    None = 0,
    /// <summary><c>i</c></summary>
    IgnoreCase = 1,
    /// <summary><c>s</c>: a dot matches line ends too.</summary>
    DotAll = 2,
    /// <summary><c>m</c>: ^ and $ match at each line.</summary>
    Multiline = 4,
    /// <summary><c>x</c>: blanks and comments in the expression are ignored.</summary>
    Extended = 8,
    /// <summary><c>A</c>: match only where the search begins.</summary>
    Anchored = 16,
    /// <summary><c>E</c>: $ matches at the very end only, not before a last line end.</summary>
    DollarEndOnly = 32,
    /// <summary><c>G</c>: quantifiers are lazy unless marked.</summary>
    Ungreedy = 64,
}

/// <summary>A capture of a <c>pcre</c> kept under a name: <c>flow:name</c>, <c>pkt:name</c> or <c>alert:name</c> after the flags.</summary>
/// <param name="Scope">"flow", "pkt" or "alert".</param>
public readonly record struct PcreCapture(string Scope, string Name);

/// <summary>The value of <c>pcre</c>: <c>!"/expression/flags"</c> (Suricata user guide, "Payload Keywords", pcre).</summary>
public sealed record PcrePattern
{
    public required string Expression { get; init; }

    public bool Negated { get; init; }

    public PcreOptions Options { get; init; }

    /// <summary><c>R</c>: counts from the end of the previous match.</summary>
    public bool IsRelative { get; init; }

    /// <summary><c>B</c>: the raw packet bytes (Snort's word; the default here).</summary>
    public bool IsRaw { get; init; }

    /// <summary><c>O</c>: not bound by the configured match limit.</summary>
    public bool IgnoresLimits { get; init; }

    /// <summary>The sticky buffer a flag letter names (<c>U</c> is <c>http.uri</c>); null when none does.</summary>
    public string? Buffer { get; init; }

    /// <summary>Names for captures 1, 2, …</summary>
    public IReadOnlyList<PcreCapture> Captures { get; init; } = [];

    /// <summary>Where the expression begins in the value, from 0; added to a compile error's offset it names the column.</summary>
    public int ExpressionOffset { get; init; }

    private static readonly Dictionary<char, PcreOptions> OptionLetters = new()
    {
        ['i'] = PcreOptions.IgnoreCase,
        ['s'] = PcreOptions.DotAll,
        ['m'] = PcreOptions.Multiline,
        ['x'] = PcreOptions.Extended,
        ['A'] = PcreOptions.Anchored,
        ['E'] = PcreOptions.DollarEndOnly,
        ['G'] = PcreOptions.Ungreedy,
    };

    private static readonly Dictionary<char, string> BufferLetters = new()
    {
        ['U'] = "http.uri",
        ['I'] = "http.uri.raw",
        ['P'] = "http.request_body",
        ['Q'] = "http.response_body",
        ['H'] = "http.header",
        ['D'] = "http.header.raw",
        ['M'] = "http.method",
        ['C'] = "http.cookie",
        ['K'] = "http.cookie",
        ['S'] = "http.stat_code",
        ['Y'] = "http.stat_msg",
        ['V'] = "http.user_agent",
        ['W'] = "http.host",
        ['Z'] = "http.host.raw",
    };

    /// <summary>Throws <see cref="RuleException"/> with the offset in <paramref name="value"/>.</summary>
    public static PcrePattern Parse(string value)
    {
        QuotedValue quoted = QuotedValue.Parse(value);
        string text = quoted.Text;
        if (text.Length == 0 || text[0] != '/') throw new RuleException("cannot read pcre: write it as \"/expression/flags\"", quoted.Offset);
        int close = ClosingSlash(text);
        if (close <= 0) throw new RuleException("cannot read pcre: no \"/\" ends the expression; a slash inside it is written \\/", quoted.Offset);
        if (close == 1) throw new RuleException("cannot use an empty pcre: write an expression between the slashes", quoted.Offset + 1);

        int comma = text.IndexOf(',', close);
        string flags = comma < 0 ? text[(close + 1)..] : text[(close + 1)..comma];
        PcrePattern pattern = new() { Expression = text[1..close], Negated = quoted.Negated, ExpressionOffset = quoted.Offset + 1 };
        for (int index = 0; index < flags.Length; index++) pattern = WithFlag(pattern, flags[index], quoted.Offset + close + 1 + index);
        return comma < 0 ? pattern : pattern with { Captures = ParseCaptures(text[(comma + 1)..], quoted.Offset + comma + 1) };
    }

    /// <summary>The last slash with an even number of backslashes before it (an odd number escapes it).</summary>
    private static int ClosingSlash(string text)
    {
        for (int at = text.LastIndexOf('/'); at > 0; at = text.LastIndexOf('/', at - 1))
        {
            int backslashes = 0;
            while (text[at - 1 - backslashes] == '\\') backslashes++;
            if (backslashes % 2 == 0) return at;
        }

        return -1;
    }

    private static PcrePattern WithFlag(PcrePattern pattern, char flag, int at)
    {
        if (OptionLetters.TryGetValue(flag, out PcreOptions option)) return pattern with { Options = pattern.Options | option };
        if (BufferLetters.TryGetValue(flag, out string? buffer))
        {
            if (pattern.Buffer is not null && pattern.Buffer != buffer) throw new RuleException($"cannot use pcre: flags name two buffers, {pattern.Buffer} and {buffer}; keep one", at);
            return pattern with { Buffer = buffer };
        }

        return flag switch
        {
            'R' => pattern with { IsRelative = true },
            'B' => pattern with { IsRaw = true },
            'O' => pattern with { IgnoresLimits = true },
            ' ' => pattern,
            _ => throw new RuleException($"cannot use pcre: flag \"{flag}\" is unknown (known: {string.Concat(OptionLetters.Keys)}RBO{string.Concat(BufferLetters.Keys)}); a slash inside the expression is written \\/", at),
        };
    }

    private static List<PcreCapture> ParseCaptures(string text, int offset)
    {
        List<PcreCapture> captures = [];
        foreach (string part in text.Split(','))
        {
            string[] words = part.Trim().Split(':', 2);
            bool known = words[0] is "flow" or "pkt" or "alert";
            if (!known || words.Length != 2 || words[1].Length == 0)
            {
                throw new RuleException($"cannot read pcre: \"{part.Trim()}\" does not name a capture; write flow:name, pkt:name or alert:name", offset);
            }

            captures.Add(new PcreCapture(words[0], words[1].Trim()));
        }

        return captures;
    }
}
