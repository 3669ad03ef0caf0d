using System.Runtime.InteropServices;

namespace Sensor.Detection.Patterns.Native;

/// <summary>
/// The part of libhs that is used (Hyperscan developer reference; Vectorscan keeps the same interface). Debian has it
/// as libvectorscan5 or libhyperscan5, both under the same file name.
/// </summary>
internal static unsafe partial class HyperscanLibrary
{
    public const uint Caseless = 1, DotAll = 2, SingleMatch = 8;

    public const uint BlockMode = 1;

    public const int Success = 0;

    private const string Library = "libhs.so.5";

    private static readonly Lazy<bool> Present = new(Probe);

    /// <summary>The library can be loaded and runs on this processor.</summary>
    public static bool IsAvailable => Present.Value;

    /// <summary>Version and build as the library tells them, empty when it is missing.</summary>
    public static string Version => IsAvailable ? Marshal.PtrToStringUTF8(VersionText()) ?? "" : "";

    [StructLayout(LayoutKind.Sequential)]
    public struct CompileError
    {
        public byte* Message;
        public int Expression;
    }

    [LibraryImport(Library, EntryPoint = "hs_compile_multi")]
    public static partial int CompileMulti(byte** expressions, uint* flags, uint* ids, uint count, uint mode, nint platform, nint* database, CompileError** error);

    [LibraryImport(Library, EntryPoint = "hs_free_compile_error")]
    public static partial int FreeCompileError(CompileError* error);

    [LibraryImport(Library, EntryPoint = "hs_free_database")]
    public static partial int FreeDatabase(nint database);

    [LibraryImport(Library, EntryPoint = "hs_database_size")]
    public static partial int DatabaseSize(nint database, nuint* size);

    [LibraryImport(Library, EntryPoint = "hs_serialize_database")]
    public static partial int SerializeDatabase(nint database, byte** bytes, nuint* length);

    [LibraryImport(Library, EntryPoint = "hs_deserialize_database")]
    public static partial int DeserializeDatabase(byte* bytes, nuint length, nint* database);

    [LibraryImport(Library, EntryPoint = "hs_alloc_scratch")]
    public static partial int AllocScratch(nint database, nint* scratch);

    [LibraryImport(Library, EntryPoint = "hs_free_scratch")]
    public static partial int FreeScratch(nint scratch);

    [LibraryImport(Library, EntryPoint = "hs_scan")]
    public static partial int Scan(nint database, byte* data, uint length, uint flags, nint scratch,
        delegate* unmanaged[Cdecl]<uint, ulong, ulong, uint, void*, int> onMatch, void* context);

    [LibraryImport(Library, EntryPoint = "hs_valid_platform")]
    private static partial int ValidPlatform();

    [LibraryImport(Library, EntryPoint = "hs_version")]
    private static partial nint VersionText();

    private static bool Probe() => NativeLibrary.TryLoad(Library, out _) && ValidPlatform() == Success;
}
