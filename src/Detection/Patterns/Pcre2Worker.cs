using System.Runtime.ConstrainedExecution;
using Sensor.Detection.Patterns.Native;

namespace Sensor.Detection.Patterns;

/// <summary>
/// What one thread needs to match expressions: room for captures, a stack for compiled code, the limits. Made once per
/// thread at its first match and freed after the thread is gone.
/// </summary>
internal sealed unsafe class Pcre2Worker : CriticalFinalizerObject
{
    /// <summary>Pairs of offsets kept: the whole match and 31 captures; further captures are not told.</summary>
    public const int Pairs = 32;

    private const int JitStackStart = 32 * 1024, JitStackMost = 512 * 1024;

    [ThreadStatic]
    private static Pcre2Worker? s_current;

    private readonly nint _jitStack;

    private Pcre2Worker()
    {
        MatchData = Pcre2Library.MatchDataCreate(Pairs, 0);
        _jitStack = Pcre2Library.JitStackCreate(JitStackStart, JitStackMost, 0);
        Limited = CreateContext(Pcre2Limits.Matches, Pcre2Limits.Depth);
        Unlimited = CreateContext(Pcre2Limits.OverriddenMatches, Pcre2Limits.OverriddenDepth);
        LimitedBlock = CreateContext(Pcre2Limits.Matches, Pcre2Limits.Depth);
        UnlimitedBlock = CreateContext(Pcre2Limits.OverriddenMatches, Pcre2Limits.OverriddenDepth);
        if (MatchData == 0 || Limited == 0 || Unlimited == 0 || LimitedBlock == 0 || UnlimitedBlock == 0) throw new InvalidOperationException("cannot match regular expressions: libpcre2 got no memory");
        Offsets = Pcre2Library.OffsetVector(MatchData);
    }

    ~Pcre2Worker()
    {
        if (MatchData != 0) Pcre2Library.MatchDataFree(MatchData);
        if (Limited != 0) Pcre2Library.MatchContextFree(Limited);
        if (Unlimited != 0) Pcre2Library.MatchContextFree(Unlimited);
        if (LimitedBlock != 0) Pcre2Library.MatchContextFree(LimitedBlock);
        if (UnlimitedBlock != 0) Pcre2Library.MatchContextFree(UnlimitedBlock);
        if (_jitStack != 0) Pcre2Library.JitStackFree(_jitStack);
    }

    public static Pcre2Worker Current => s_current ??= new Pcre2Worker();

    public nint MatchData { get; }

    public nint Limited { get; }

    public nint Unlimited { get; }

    /// <summary>As <see cref="Limited"/>, for searches that are cut into blocks of starting places.</summary>
    public nint LimitedBlock { get; }

    public nint UnlimitedBlock { get; }

    /// <summary>Start and end of the last match and of its captures, in pairs.</summary>
    public nuint* Offsets { get; }

    private nint CreateContext(uint matches, uint depth)
    {
        nint context = Pcre2Library.MatchContextCreate(0);
        if (context == 0) return 0;
        _ = Pcre2Library.SetMatchLimit(context, matches);
        _ = Pcre2Library.SetDepthLimit(context, depth);
        _ = Pcre2Library.SetHeapLimit(context, Pcre2Limits.HeapKibibytes);
        if (_jitStack != 0) Pcre2Library.JitStackAssign(context, 0, _jitStack);
        return context;
    }
}
