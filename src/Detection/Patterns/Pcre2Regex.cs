using System.Runtime.ConstrainedExecution;
using System.Runtime.InteropServices;
using Sensor.Detection.Patterns.Native;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Patterns;

/// <summary>
/// A Perl-compatible expression over bytes, compiled to machine code by libpcre2. Immutable and shared by all workers;
/// 0 bytes allocated per match. Bytes are bytes: never UTF, lines end at LF. Reaching a limit counts as no match.
/// </summary>
public sealed unsafe class Pcre2Regex : CriticalFinalizerObject, IDisposable
{
    private nint _code;
    private readonly bool _ignoresLimits;

    // Anchored, or it speaks of the place a search starts from or of giving starts up: one call, uncut.
    private readonly bool _startsAtOnePlace;

    /// <summary>Compiles an expression; throws <see cref="RuleException"/> whose offset counts from the expression's first byte.</summary>
    /// <param name="expression">A rule string, one character per byte.</param>
    /// <param name="ignoresLimits">The rule asked for it (flag <c>O</c>); a far higher limit holds then.</param>
    public Pcre2Regex(string expression, PcreOptions options = PcreOptions.None, bool ignoresLimits = false)
    {
        byte[] pattern = RuleBytes.Of(expression);
        _code = Compile(pattern, Flags(options));
        _ignoresLimits = ignoresLimits;
        // Without machine code (a pattern too large for it) the library interprets: slower, same answers, same limits.
        IsMachineCode = Pcre2Library.JitCompile(_code, Pcre2Library.JitComplete) == 0;
        uint captures = 0;
        _ = Pcre2Library.PatternInfo(_code, Pcre2Library.InfoCaptureCount, &captures);
        CaptureCount = (int)captures;
        uint all = 0;
        _ = Pcre2Library.PatternInfo(_code, Pcre2Library.InfoAllOptions, &all);
        _startsAtOnePlace = (all & Pcre2Library.Anchored) != 0 || expression.Contains("\\G", StringComparison.Ordinal) || expression.Contains("(*", StringComparison.Ordinal);
    }

    /// <summary>Compiles the value of a <c>pcre</c> keyword; an error's offset counts in that value.</summary>
    public static Pcre2Regex Compile(PcrePattern pattern)
    {
        try
        {
            return new Pcre2Regex(pattern.Expression, pattern.Options, pattern.IgnoresLimits);
        }
        catch (RuleException exception)
        {
            throw new RuleException(exception.Message, exception.Offset + pattern.ExpressionOffset);
        }
    }

    ~Pcre2Regex() => Free();

    public bool IsMachineCode { get; }

    /// <summary>Number of the highest capture.</summary>
    public int CaptureCount { get; }

    /// <summary>Finds the first match at or after <paramref name="offset"/>; <c>\b</c>, <c>^</c> and look-behind see what stands before it.</summary>
    public bool TryMatch(ReadOnlySpan<byte> subject, int offset, out int start, out int end)
    {
        start = end = 0;
        if ((uint)offset > (uint)subject.Length || _code == 0) return false;
        Pcre2Worker worker = Pcre2Worker.Current;
        byte nothing = 0;
        int answer;
        fixed (byte* bytes = subject)
        {
            answer = subject.Length - offset > Pcre2Limits.UnguardedBytes && !_startsAtOnePlace
                ? SearchInBlocks(worker, bytes, subject.Length, offset)
                : Pcre2Library.Match(_code, bytes == null ? &nothing : bytes, (nuint)subject.Length, (nuint)offset, 0,
                    worker.MatchData, _ignoresLimits ? worker.Unlimited : worker.Limited);
        }

        GC.KeepAlive(this); // else the finaliser may free the code while it runs

        if (answer < 0)
        {
            if (answer != Pcre2Library.NoMatch) CountGivenUp();
            return false;
        }

        start = (int)worker.Offsets[0];
        end = (int)worker.Offsets[1];
        // \K inside a look-ahead can put the start behind the end.
        if (start > end) start = end;
        return true;
    }

    public bool IsMatch(ReadOnlySpan<byte> subject) => TryMatch(subject, 0, out _, out _);

    /// <summary>Tries starting places block by block, which finds the same leftmost match, and gives up when time is out.</summary>
    private int SearchInBlocks(Pcre2Worker worker, byte* subject, int length, int offset)
    {
        nint context = _ignoresLimits ? worker.UnlimitedBlock : worker.LimitedBlock;
        int block = Pcre2Limits.FirstBlock, most = Pcre2Limits.LargestBlock(length);
        long slow = Pcre2Limits.SlowBlockTicks(length);
        SearchBudget budget = new(length);
        while (true)
        {
            int last = (int)Math.Min((long)offset + block - 1, length);
            _ = Pcre2Library.SetOffsetLimit(context, (nuint)last);
            int answer = Pcre2Library.Match(_code, subject, (nuint)length, (nuint)offset, 0, worker.MatchData, context);
            if (answer != Pcre2Library.NoMatch || last == length) return answer;
            if (!budget.TryGoOn(out long elapsed)) return Pcre2Library.MatchLimitReached;
            if (elapsed < slow) block = Math.Min(block * 2, most);
            else if (elapsed > 4 * slow) block = Math.Max(block / 4, 1);
            offset = last + 1;
        }
    }

    /// <summary>
    /// A capture of the last successful match on this thread (0 is the whole); false when it took no part.
    /// Valid until this thread matches again, with whatever expression.
    /// </summary>
    public bool TryGetCapture(int number, out int start, out int end)
    {
        start = end = 0;
        if (number < 0 || number > CaptureCount || number >= Pcre2Worker.Pairs) return false;
        nuint* pair = Pcre2Worker.Current.Offsets + (2 * number);
        if (pair[0] == nuint.MaxValue) return false;
        start = (int)pair[0];
        end = (int)pair[1];
        return end >= start;
    }

    /// <summary>Named captures and their numbers: <c>(?P&lt;flow_key&gt;…)</c>.</summary>
    public IReadOnlyList<(string Name, int Number)> NamedCaptures()
    {
        uint count = 0, size = 0;
        byte* table = null;
        _ = Pcre2Library.PatternInfo(_code, Pcre2Library.InfoNameCount, &count);
        if (count == 0) return [];
        _ = Pcre2Library.PatternInfo(_code, Pcre2Library.InfoNameEntrySize, &size);
        _ = Pcre2Library.PatternInfo(_code, Pcre2Library.InfoNameTable, &table);
        List<(string, int)> names = [];
        for (uint entry = 0; entry < count; entry++, table += size)
        {
            names.Add((Marshal.PtrToStringUTF8((nint)(table + 2))!, table[0] << 8 | table[1]));
        }

        return names;
    }

    /// <summary>How often an expression gave up at a limit since the process began; a figure to publish, since each may be an evasion.</summary>
    public static long GivenUp => Volatile.Read(ref s_givenUp);

    private static long s_givenUp;

    private static void CountGivenUp() => Interlocked.Increment(ref s_givenUp);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        nint code = Interlocked.Exchange(ref _code, 0);
        if (code != 0) Pcre2Library.CodeFree(code);
    }

    private static nint Compile(byte[] pattern, uint flags)
    {
        nint context = Pcre2Library.CompileContextCreate(0);
        _ = Pcre2Library.SetNewline(context, Pcre2Library.NewlineLf);
        try
        {
            int error = 0;
            nuint offset = 0;
            fixed (byte* bytes = pattern)
            {
                nint code = Pcre2Library.Compile(bytes, (nuint)pattern.Length, flags, &error, &offset, context);
                if (code != 0) return code;
            }

            throw new RuleException($"cannot compile regular expression: {Pcre2Library.Explain(error)}, at its byte {offset + 1}", (int)Math.Min(offset, (nuint)pattern.Length));
        }
        finally
        {
            Pcre2Library.CompileContextFree(context);
        }
    }

    private static uint Flags(PcreOptions options)
    {
        uint flags = Pcre2Library.NeverUtf | Pcre2Library.UseOffsetLimit;
        if (options.HasFlag(PcreOptions.IgnoreCase)) flags |= Pcre2Library.Caseless;
        if (options.HasFlag(PcreOptions.DotAll)) flags |= Pcre2Library.DotAll;
        if (options.HasFlag(PcreOptions.Multiline)) flags |= Pcre2Library.Multiline;
        if (options.HasFlag(PcreOptions.Extended)) flags |= Pcre2Library.Extended;
        if (options.HasFlag(PcreOptions.Anchored)) flags |= Pcre2Library.Anchored;
        if (options.HasFlag(PcreOptions.DollarEndOnly)) flags |= Pcre2Library.DollarEndOnly;
        if (options.HasFlag(PcreOptions.Ungreedy)) flags |= Pcre2Library.Ungreedy;
        return flags;
    }
}
