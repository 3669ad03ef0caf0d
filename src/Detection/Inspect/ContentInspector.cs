namespace Sensor.Detection.Inspect;

/// <summary>
/// Decides whether a chain of options holds in a buffer (user guide, "Payload Keywords").
/// - Options are tried in the order written; each match moves the position that relative options count from.
/// - When an option fails that counts from an earlier match, that match tries its next occurrence; when an option
///   fails that depends on no earlier match, no other occurrence can help and the chain fails at once.
/// - Depth of the calls is the number of the rule's own options, never chosen by traffic; the number of steps is
///   bounded by <see cref="DetectionOptions.InspectionStepLimit"/>, because nested retries are the one thing here
///   that traffic could make slow.
/// </summary>
internal static class ContentInspector
{
    private enum Answer : byte
    {
        Match,
        /// <summary>Another occurrence of an earlier option might help.</summary>
        Retry,
        /// <summary>Nothing can help.</summary>
        Fail,
    }

    public static bool Matches(ContentChain chain, scoped ref ChainCursor cursor)
    {
        if (chain.OnlyAbsence) return false;
        cursor.Context.StepsLeft = cursor.Context.Options.InspectionStepLimit;
        return Try(chain.Options, 0, ref cursor) == Answer.Match;
    }

    private static Answer Try(PayloadOption[] options, int index, scoped ref ChainCursor cursor)
    {
        if (index == options.Length) return Answer.Match;
        if (cursor.Context.StepsLeft <= 0)
        {
            cursor.Context.Counters.StepLimitReached++;
            return Answer.Fail;
        }

        cursor.Context.StepsLeft--;

        switch (options[index])
        {
            case ContentOption content:
                return TryContent(content, options, index, ref cursor);
            case PcreOption pcre:
                return TryPcre(pcre, options, index, ref cursor);
            default:
                var test = (PayloadTest)options[index];
                if (test.Matches(ref cursor)) return Try(options, index + 1, ref cursor);
                return test.IsRelative ? Answer.Retry : Answer.Fail;
        }
    }

    private static Answer TryContent(ContentOption content, PayloadOption[] options, int index, scoped ref ChainCursor cursor)
    {
        Answer absent = content.IsRelative ? Answer.Retry : Answer.Fail;
        if (!Window(content, ref cursor, out int from, out int to)) return content.Negated ? Try(options, index + 1, ref cursor) : absent;

        int length = content.Bytes.Length;
        while (true)
        {
            int found = to - from < length ? -1 : content.Find(cursor.Data[from..to]);
            if (content.Negated) return found < 0 ? Try(options, index + 1, ref cursor) : absent;
            if (found < 0) return absent;
            int end = from + found + length;
            if (content.EndsWith && end != cursor.Data.Length)
            {
                from = end - length + 1;
                continue;
            }

            int reached = cursor.Reached;
            cursor.MoveTo(end);
            Answer rest = Try(options, index + 1, ref cursor);
            if (rest != Answer.Retry || !content.NextIsRelative) return rest;
            cursor.Reached = reached;
            from = end - length + 1;
        }
    }

    /// <summary>The part of the buffer in which a content must lie; false when there is none.</summary>
    private static bool Window(ContentOption content, scoped ref ChainCursor cursor, out int from, out int to)
    {
        InspectContext context = cursor.Context;
        long start = 0, end = cursor.Data.Length, origin = 0;
        if (content.IsRelative)
        {
            origin = cursor.Position;
            long distance = content.Distance?.Resolve(context) ?? 0;
            start = Math.Max(0, origin + distance);
            if (content.Within is { } within) end = Math.Min(end, origin + distance + within.Resolve(context));
        }

        if (content.Offset is { } offset) start = Math.Max(start, offset.Resolve(context));
        if (content.Depth is { } depth)
        {
            long first = content.Offset?.Resolve(context) ?? 0;
            end = Math.Min(end, first + depth.Resolve(context));
        }

        if (content.StartsWith)
        {
            // Only the true beginning counts where a buffer is shown in pieces.
            if (cursor.Offset != 0) { from = to = 0; return false; }
            end = Math.Min(end, content.Bytes.Length);
        }

        if (content.EndsWith && !content.NextIsRelative) start = Math.Max(start, cursor.Data.Length - content.Bytes.Length);
        from = (int)Math.Min(start, int.MaxValue);
        to = (int)Math.Max(end, 0);
        return from < to;
    }

    private static Answer TryPcre(PcreOption pcre, PayloadOption[] options, int index, scoped ref ChainCursor cursor)
    {
        Answer absent = pcre.IsRelative ? Answer.Retry : Answer.Fail;
        int origin = pcre.IsRelative ? Math.Min(cursor.Position, cursor.Data.Length) : 0;
        int from = origin;
        while (true)
        {
            bool found = pcre.TryFind(cursor.Data[origin..], from - origin, out int start, out int end);
            if (pcre.Negated) return found ? absent : Try(options, index + 1, ref cursor);
            if (!found) return absent;
            int reached = cursor.Reached;
            cursor.MoveTo(origin + end);
            Answer rest = Try(options, index + 1, ref cursor);
            if (rest != Answer.Retry || !pcre.NextIsRelative) return rest;
            cursor.Reached = reached;
            from = origin + start + 1;
            if (from > cursor.Data.Length) return absent;
        }
    }
}
