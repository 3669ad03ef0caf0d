using System.Runtime.InteropServices;
using System.Text;

namespace Sensor.Detection.Patterns.Native;

/// <summary>The part of libpcre2-8 that is used (pcre2api(3)); the eight-bit library, version 10.30 or later.</summary>
internal static unsafe partial class Pcre2Library
{
    public const uint Anchored = 0x8000_0000, Caseless = 0x8, DollarEndOnly = 0x10, DotAll = 0x20, Extended = 0x80,
        Multiline = 0x400, NeverUtf = 0x1000, Ungreedy = 0x4_0000, UseOffsetLimit = 0x80_0000;

    /// <summary>Lines end at LF only, whatever the library was built with.</summary>
    public const uint NewlineLf = 2;

    public const uint JitComplete = 1;

    public const int NoMatch = -1, MatchLimitReached = -47;

    public const uint InfoAllOptions = 0, InfoCaptureCount = 4, InfoNameCount = 17, InfoNameEntrySize = 18, InfoNameTable = 19;

    private const string Library = "libpcre2-8.so.0";

    [LibraryImport(Library, EntryPoint = "pcre2_compile_8")]
    public static partial nint Compile(byte* pattern, nuint length, uint options, int* errorCode, nuint* errorOffset, nint context);

    [LibraryImport(Library, EntryPoint = "pcre2_compile_context_create_8")]
    public static partial nint CompileContextCreate(nint general);

    [LibraryImport(Library, EntryPoint = "pcre2_compile_context_free_8")]
    public static partial void CompileContextFree(nint context);

    [LibraryImport(Library, EntryPoint = "pcre2_set_newline_8")]
    public static partial int SetNewline(nint context, uint newline);

    [LibraryImport(Library, EntryPoint = "pcre2_code_free_8")]
    public static partial void CodeFree(nint code);

    [LibraryImport(Library, EntryPoint = "pcre2_jit_compile_8")]
    public static partial int JitCompile(nint code, uint options);

    [LibraryImport(Library, EntryPoint = "pcre2_match_8")]
    public static partial int Match(nint code, byte* subject, nuint length, nuint start, uint options, nint matchData, nint context);

    [LibraryImport(Library, EntryPoint = "pcre2_match_data_create_8")]
    public static partial nint MatchDataCreate(uint pairs, nint general);

    [LibraryImport(Library, EntryPoint = "pcre2_match_data_free_8")]
    public static partial void MatchDataFree(nint matchData);

    [LibraryImport(Library, EntryPoint = "pcre2_get_ovector_pointer_8")]
    public static partial nuint* OffsetVector(nint matchData);

    [LibraryImport(Library, EntryPoint = "pcre2_match_context_create_8")]
    public static partial nint MatchContextCreate(nint general);

    [LibraryImport(Library, EntryPoint = "pcre2_match_context_free_8")]
    public static partial void MatchContextFree(nint context);

    [LibraryImport(Library, EntryPoint = "pcre2_set_match_limit_8")]
    public static partial int SetMatchLimit(nint context, uint limit);

    [LibraryImport(Library, EntryPoint = "pcre2_set_depth_limit_8")]
    public static partial int SetDepthLimit(nint context, uint limit);

    [LibraryImport(Library, EntryPoint = "pcre2_set_heap_limit_8")]
    public static partial int SetHeapLimit(nint context, uint kibibytes);

    [LibraryImport(Library, EntryPoint = "pcre2_set_offset_limit_8")]
    public static partial int SetOffsetLimit(nint context, nuint limit);

    [LibraryImport(Library, EntryPoint = "pcre2_jit_stack_create_8")]
    public static partial nint JitStackCreate(nuint start, nuint most, nint general);

    [LibraryImport(Library, EntryPoint = "pcre2_jit_stack_free_8")]
    public static partial void JitStackFree(nint stack);

    [LibraryImport(Library, EntryPoint = "pcre2_jit_stack_assign_8")]
    public static partial void JitStackAssign(nint context, nint callback, nint stack);

    [LibraryImport(Library, EntryPoint = "pcre2_pattern_info_8")]
    public static partial int PatternInfo(nint code, uint what, void* where);

    [LibraryImport(Library, EntryPoint = "pcre2_get_error_message_8")]
    private static partial int GetErrorMessage(int errorCode, byte* text, nuint size);

    /// <summary>What an error number means, in the library's words.</summary>
    public static string Explain(int errorCode)
    {
        byte* text = stackalloc byte[256];
        int length = GetErrorMessage(errorCode, text, 256);
        return length > 0 ? Encoding.ASCII.GetString(text, length) : $"error {errorCode}";
    }
}
