using System.Diagnostics.CodeAnalysis;

namespace Sensor.Detection.RuleLanguage;

/// <summary>
/// Takes a rule apart into header words and options (Suricata user guide, "Rules Format"). Knows no keyword: what an
/// option means is the keyword's business. Every error names the column and what to write.
/// </summary>
public static class RuleParser
{
    private static readonly Dictionary<string, RuleAction> Actions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["alert"] = RuleAction.Alert,
        ["pass"] = RuleAction.Pass,
        ["drop"] = RuleAction.Drop,
        ["reject"] = RuleAction.Reject,
        ["rejectsrc"] = RuleAction.RejectSource,
        ["rejectdst"] = RuleAction.RejectDestination,
        ["rejectboth"] = RuleAction.RejectBoth,
        ["config"] = RuleAction.Config,
        ["accept"] = RuleAction.Accept,
    };

    private static readonly string[] Scopes = ["packet", "flow", "hook", "tx"];

    private static readonly string[] HeaderWords =
        ["an action", "a protocol", "a source address", "a source port", "a direction (->, <> or =>)", "a destination address", "a destination port"];

    /// <summary>Takes apart a rule that stands on one line.</summary>
    public static bool TryParse(string file, int lineNumber, string text, [NotNullWhen(true)] out RuleText? rule, [NotNullWhen(false)] out RuleError? error) =>
        TryParse(new RuleLine(file, lineNumber, text, []), out rule, out error);

    /// <summary>Takes apart a rule as <see cref="RuleFileReader"/> gives it.</summary>
    public static bool TryParse(in RuleLine line, [NotNullWhen(true)] out RuleText? rule, [NotNullWhen(false)] out RuleError? error)
    {
        try
        {
            rule = Parse(line);
            error = null;
            return true;
        }
        catch (RuleException exception)
        {
            (int number, int column) = line.Locate(exception.Offset + 1);
            rule = null;
            error = new RuleError(line.File, number, column, FindSid(line.Text), "", exception.Message);
            return false;
        }
    }

    private static RuleText Parse(in RuleLine line)
    {
        string text = line.Text;
        Span<Range> words = stackalloc Range[HeaderWords.Length];
        int open = ReadHeader(text, words);
        string direction = text[words[4]];
        (RuleAction action, string scope, bool alsoAlert) = ParseAction(text[words[0]], words[0].Start.Value);
        return new RuleText
        {
            File = line.File,
            Line = line.Line,
            Action = action,
            ActionScope = scope,
            AlsoAlert = alsoAlert,
            Protocol = RuleWords.Share(text.AsSpan()[words[1]]),
            SourceAddress = RuleWords.ShareExact(text.AsSpan()[words[2]]),
            SourcePort = RuleWords.ShareExact(text.AsSpan()[words[3]]),
            Bidirectional = direction == "<>",
            TransactionBidirectional = direction == "=>",
            DestinationAddress = RuleWords.ShareExact(text.AsSpan()[words[5]]),
            DestinationPort = RuleWords.ShareExact(text.AsSpan()[words[6]]),
            Options = RuleOptionReader.Read(text, open + 1),
            Source = text.Trim(),
            Continuations = line.Continuations,
        };
    }

    /// <summary>Finds the seven words before the options; answers where the opening bracket stands.</summary>
    private static int ReadHeader(string text, Span<Range> words)
    {
        int at = 0;
        for (int word = 0; word < words.Length; word++)
        {
            at = SkipBlanks(text, at);
            int start = at;
            at = EndOfHeaderWord(text, at);
            if (at == start)
            {
                string found = at == text.Length ? "the rule ends" : "the options begin";
                throw new RuleException($"cannot read rule: {found} where {HeaderWords[word]} should stand; write: action protocol address port -> address port (options)", at);
            }

            words[word] = start..at;
            if (word == 4) CheckDirection(text[start..at], start);
        }

        at = SkipBlanks(text, at);
        if (at == text.Length) throw new RuleException("cannot read rule: it has no options; write them in brackets: (msg:\"…\"; sid:1;)", at);
        if (text[at] != '(') throw new RuleException($"cannot read rule: expected \"(\" before the options, found \"{text[at]}\"; lists of addresses and ports go into [ ]", at);
        return at;
    }

    /// <summary>A word ends at a blank, or at the options' bracket; blanks inside [ ] belong to it.</summary>
    private static int EndOfHeaderWord(string text, int at)
    {
        int start = at, depth = 0;
        for (; at < text.Length; at++)
        {
            char character = text[at];
            if (character == '[') depth++;
            else if (character == ']') depth--;
            else if (character == '(' && depth <= 0) break;
            else if (IsBlank(character) && depth <= 0) break;
        }

        if (depth > 0) throw new RuleException("cannot read rule: a \"[\" is never closed", start);
        return at;
    }

    private static void CheckDirection(string word, int at)
    {
        if (word is "->" or "<>" or "=>") return;
        string advice = word == "<-" ? "; swap source and destination and write ->" : "; write ->, <> or =>";
        throw new RuleException($"cannot read rule: \"{word}\" is not a direction{advice}", at);
    }

    /// <summary>Reads <c>alert</c>, <c>drop:flow</c> or <c>accept:hook,alert</c>.</summary>
    private static (RuleAction Action, string Scope, bool AlsoAlert) ParseAction(string word, int at)
    {
        if (Actions.TryGetValue(word, out RuleAction simple)) return (simple, "", false);
        string[] parts = word.Split(',');
        string[] first = parts[0].Split(':', 2);
        if (!Actions.TryGetValue(first[0], out RuleAction action))
        {
            throw new RuleException($"cannot read rule: \"{first[0]}\" is not an action{DidYouMean.Hint(first[0], Actions.Keys)}", at);
        }

        string scope = first.Length == 2 ? first[1].ToLowerInvariant() : "";
        if (first.Length == 2 && !Scopes.Contains(scope))
        {
            throw new RuleException($"cannot read rule: \"{first[1]}\" is not what an action can reach; write packet, flow, hook or tx", at + first[0].Length + 1);
        }

        bool alsoAlert = parts.Length == 2 && parts[1].Equals("alert", StringComparison.OrdinalIgnoreCase);
        if (parts.Length > 1 && !alsoAlert)
        {
            throw new RuleException("cannot read rule: only \"alert\" may follow an action, as in accept:flow,alert", at + parts[0].Length + 1);
        }

        return (action, scope, alsoAlert);
    }

    /// <summary>Best effort for error messages: the number after the first <c>sid:</c> that begins an option.</summary>
    private static long FindSid(string text)
    {
        for (int at = text.IndexOf("sid:", StringComparison.Ordinal); at >= 0; at = text.IndexOf("sid:", at + 1, StringComparison.Ordinal))
        {
            if (at > 0 && !(text[at - 1] is ';' or '(' || IsBlank(text[at - 1]))) continue;
            ReadOnlySpan<char> rest = text.AsSpan(at + 4).TrimStart();
            int digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (long.TryParse(digits < 0 ? rest : rest[..digits], out long sid)) return sid;
        }

        return 0;
    }

    private static int SkipBlanks(string text, int at)
    {
        while (at < text.Length && IsBlank(text[at])) at++;
        return at;
    }

    internal static bool IsBlank(char character) => character is ' ' or '\t' or '\r' or '\n';
}
