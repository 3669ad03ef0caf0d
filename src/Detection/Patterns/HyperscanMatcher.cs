using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.ConstrainedExecution;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Sensor.Detection.Patterns.Native;

namespace Sensor.Detection.Patterns;

/// <summary>
/// Many literals at once through libhs. Single bytes, which occur nearly everywhere and would make the whole database
/// more than twice as slow, and patterns too long for the library go to a <see cref="ManagedMatcher"/> beside it.
/// Measured on office traffic with the 17 900 fast patterns of a published rule set, nanoseconds a scan of 1100 bytes:
/// all in one database 4191; from 2 bytes on 1809 and single bytes apart 531; from 4 bytes on 1325 and the rest apart
/// 2357 (managed) or 2000 (second database and single bytes). Short data, which most sticky buffers are, goes to a
/// managed twin of the whole: a call of libhs costs 30 to 50 ns before it looks at the first byte.
/// </summary>
public sealed unsafe class HyperscanMatcher : IPatternMatcher
{
    /// <summary>Shortest pattern the database takes, in bytes.</summary>
    public const int Shortest = 2;

    /// <summary>Longest pattern the database takes, in bytes; the library refuses expressions above 16 000 characters, four a byte.</summary>
    public const int Longest = 2000;

    /// <summary>
    /// Data up to this length, in bytes, is searched by the managed twin: 20 ns against 51 for 16 bytes and 30 patterns,
    /// 57 against 75 for 17 000; from 32 to 48 bytes on libhs is quicker.
    /// </summary>
    public const int ShortData = 32;

    private readonly HyperscanDatabase? _database;
    private readonly ManagedMatcher _twin;
    private readonly ManagedMatcher? _others;
    private readonly byte[] _fingerprint;

    /// <summary>Compiles; about 0.5 s for 18 000 patterns. Throws when the library is missing (see <see cref="IsAvailable"/>).</summary>
    public HyperscanMatcher(IReadOnlyList<Pattern> patterns)
        : this(patterns, null)
    {
    }

    private HyperscanMatcher(IReadOnlyList<Pattern> patterns, HyperscanDatabase? compiled)
    {
        if (!IsAvailable) throw new InvalidOperationException("cannot use libhs: libhs.so.5 is missing or does not run on this processor; install libvectorscan5 or libhyperscan5");
        if (patterns.Any(pattern => pattern.Bytes.IsEmpty)) throw new ArgumentException("cannot build a pattern matcher: a pattern has no bytes");
        Count = patterns.Count;
        _fingerprint = Fingerprint(patterns);
        List<(int, Pattern)> taken = [], others = [];
        for (int number = 0; number < patterns.Count; number++) (Takes(patterns[number]) ? taken : others).Add((number, patterns[number]));
        if (taken.Count > 0) _database = compiled ?? HyperscanDatabase.Compile(taken);
        _twin = new ManagedMatcher(patterns);
        if (others.Count > 0) _others = new ManagedMatcher(others, others.Count);
    }

    /// <summary>libhs can be loaded and runs on this processor.</summary>
    public static bool IsAvailable => HyperscanLibrary.IsAvailable;

    /// <summary>Version of libhs, empty when it is missing.</summary>
    public static string LibraryVersion => HyperscanLibrary.Version;

    public int Count { get; }

    /// <summary>Bytes the native database takes.</summary>
    public long DatabaseSize => _database?.Size ?? 0;

    public IPatternScratch CreateScratch() => new Scratch(_database, Count, _twin.CreateScratch(), _others?.CreateScratch());

    public void Scan(ReadOnlySpan<byte> data, IPatternScratch scratch, PatternHits hits)
    {
        Scratch own = (Scratch)scratch;
        if (data.Length <= ShortData)
        {
            _twin.Scan(data, own.Twin, hits);
            return;
        }

        if (_database is not null)
        {
            fixed (byte* bytes = data)
            {
                own.Found->Count = 0;
                _ = HyperscanLibrary.Scan(_database.Handle, bytes, (uint)data.Length, 0, own.Native, &OnMatch, own.Found);
            }

            GC.KeepAlive(_database);
            hits.Add(new ReadOnlySpan<int>(own.Found->Numbers, own.Found->Count));
        }

        if (_others is not null) _others.Scan(data, own.Others!, hits);
    }

    /// <summary>
    /// The compiled database for a file: SHA-256 over library version and patterns, SHA-256 over the rest, the database.
    /// Empty when no pattern needs a database.
    /// </summary>
    public byte[] Serialize()
    {
        if (_database is null) return [];
        byte[] database = _database.Serialize();
        return [.. _fingerprint, .. SHA256.HashData(database), .. database];
    }

    /// <summary>
    /// Takes up a database that <see cref="Serialize"/> wrote for exactly these patterns; false when it is for others,
    /// damaged, or of another version of the library or processor: compile then.
    /// </summary>
    public static bool TryDeserialize(ReadOnlySpan<byte> saved, IReadOnlyList<Pattern> patterns, [NotNullWhen(true)] out HyperscanMatcher? matcher)
    {
        matcher = null;
        const int Head = 2 * SHA256.HashSizeInBytes;
        if (!IsAvailable || saved.Length <= Head || !saved.StartsWith(Fingerprint(patterns))) return false;
        // The library's own check lets some damage pass, and then runs it.
        if (!saved[SHA256.HashSizeInBytes..Head].SequenceEqual(SHA256.HashData(saved[Head..]))) return false;
        HyperscanDatabase? database = HyperscanDatabase.TryDeserialize(saved[Head..]);
        if (database is null) return false;
        matcher = new HyperscanMatcher(patterns, database);
        return true;
    }

    public void Dispose()
    {
        _database?.Dispose();
        _twin.Dispose();
        _others?.Dispose();
    }

    private static bool Takes(Pattern pattern) => pattern.Bytes.Length is >= Shortest and <= Longest;

    /// <summary>SHA-256 over the library's version and all patterns in order.</summary>
    private static byte[] Fingerprint(IReadOnlyList<Pattern> patterns)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes(LibraryVersion));
        Span<byte> head = stackalloc byte[5];
        foreach (Pattern pattern in patterns)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(head, pattern.Bytes.Length);
            head[4] = pattern.IgnoreCase ? (byte)1 : (byte)0;
            hash.AppendData(head);
            hash.AppendData(pattern.Bytes.Span);
        }

        return hash.GetHashAndReset();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnMatch(uint id, ulong from, ulong to, uint flags, void* context)
    {
        FoundNumbers* found = (FoundNumbers*)context;
        if (found->Count >= found->Capacity) return 1; // cannot be: each pattern is told once
        found->Numbers[found->Count++] = (int)id;
        return 0;
    }

    private struct FoundNumbers
    {
        public int Count, Capacity;
        public int* Numbers;
    }

    /// <summary>libhs's own scratch and the buffer the callback writes to, both outside the managed heap.</summary>
    private sealed class Scratch : CriticalFinalizerObject, IPatternScratch
    {
        private nint _native;
        private FoundNumbers* _found;

        public Scratch(HyperscanDatabase? database, int patterns, IPatternScratch twin, IPatternScratch? others)
        {
            Twin = twin;
            Others = others;
            _found = (FoundNumbers*)NativeMemory.AllocZeroed((nuint)sizeof(FoundNumbers));
            _found->Capacity = patterns;
            _found->Numbers = (int*)NativeMemory.Alloc((nuint)Math.Max(patterns, 1), sizeof(int));
            if (database is null) return;
            nint native = 0;
            int answer = HyperscanLibrary.AllocScratch(database.Handle, &native);
            _native = native;
            GC.KeepAlive(database);
            if (answer != HyperscanLibrary.Success) throw new InvalidOperationException($"cannot get scratch memory from libhs: it answers {answer}");
        }

        ~Scratch() => Free();

        public nint Native => _native;

        public FoundNumbers* Found => _found;

        public IPatternScratch Twin { get; }

        public IPatternScratch? Others { get; }

        public void Dispose()
        {
            Free();
            Twin.Dispose();
            Others?.Dispose();
            GC.SuppressFinalize(this);
        }

        private void Free()
        {
            nint native = Interlocked.Exchange(ref _native, 0);
            if (native != 0) _ = HyperscanLibrary.FreeScratch(native);
            FoundNumbers* found = _found;
            _found = null;
            if (found == null) return;
            NativeMemory.Free(found->Numbers);
            NativeMemory.Free(found);
        }
    }
}
