using System.Runtime.ConstrainedExecution;
using System.Runtime.InteropServices;
using Sensor.Detection.Patterns.Native;

namespace Sensor.Detection.Patterns;

/// <summary>A compiled database of libhs, owned. Immutable; any number of threads may scan with it.</summary>
internal sealed unsafe class HyperscanDatabase : CriticalFinalizerObject, IDisposable
{
    private nint _handle;

    private HyperscanDatabase(nint handle) => _handle = handle;

    ~HyperscanDatabase() => Free();

    public nint Handle => _handle;

    /// <summary>Bytes the database takes.</summary>
    public long Size
    {
        get
        {
            nuint size = 0;
            _ = HyperscanLibrary.DatabaseSize(_handle, &size);
            GC.KeepAlive(this);
            return (long)size;
        }
    }

    /// <summary>Compiles literals; a match tells the number given with each.</summary>
    public static HyperscanDatabase Compile(IReadOnlyList<(int Number, Pattern Pattern)> patterns)
    {
        byte*[] expressions = new byte*[patterns.Count];
        uint[] flags = new uint[patterns.Count], ids = new uint[patterns.Count];
        // Each byte of a pattern becomes \xHH, and a zero ends it.
        nuint room = 0;
        foreach ((_, Pattern pattern) in patterns) room += ((nuint)pattern.Bytes.Length * 4) + 1;
        byte* text = (byte*)NativeMemory.Alloc(room);
        try
        {
            byte* next = text;
            for (int index = 0; index < patterns.Count; index++)
            {
                expressions[index] = next;
                next = WriteExpression(patterns[index].Pattern.Bytes.Span, next);
                flags[index] = HyperscanLibrary.DotAll | HyperscanLibrary.SingleMatch | (patterns[index].Pattern.IgnoreCase ? HyperscanLibrary.Caseless : 0);
                ids[index] = (uint)patterns[index].Number;
            }

            return Compile(expressions, flags, ids);
        }
        finally
        {
            NativeMemory.Free(text);
        }
    }

    /// <summary>The database as bytes for <see cref="TryDeserialize"/>.</summary>
    public byte[] Serialize()
    {
        byte* bytes = null;
        nuint length = 0;
        int answer = HyperscanLibrary.SerializeDatabase(_handle, &bytes, &length);
        GC.KeepAlive(this);
        if (answer != HyperscanLibrary.Success) throw new InvalidOperationException($"cannot serialise the pattern database: libhs answers {answer}");
        byte[] copy = new ReadOnlySpan<byte>(bytes, (int)length).ToArray();
        NativeMemory.Free(bytes); // libhs takes it from malloc, which is what NativeMemory frees to
        return copy;
    }

    /// <summary>Null when the bytes are damaged, of another version of the library, or for another processor.</summary>
    public static HyperscanDatabase? TryDeserialize(ReadOnlySpan<byte> bytes)
    {
        nint database = 0;
        fixed (byte* start = bytes)
        {
            int answer = HyperscanLibrary.DeserializeDatabase(start, (nuint)bytes.Length, &database);
            return answer == HyperscanLibrary.Success ? new HyperscanDatabase(database) : null;
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        nint handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0) _ = HyperscanLibrary.FreeDatabase(handle);
    }

    private static HyperscanDatabase Compile(byte*[] expressions, uint[] flags, uint[] ids)
    {
        nint database = 0;
        HyperscanLibrary.CompileError* error = null;
        fixed (byte** expression = expressions)
        fixed (uint* flag = flags, id = ids)
        {
            int answer = HyperscanLibrary.CompileMulti(expression, flag, id, (uint)ids.Length, HyperscanLibrary.BlockMode, 0, &database, &error);
            if (answer == HyperscanLibrary.Success) return new HyperscanDatabase(database);
        }

        string message = error == null ? "no reason given" : Marshal.PtrToStringUTF8((nint)error->Message) ?? "";
        string which = error == null || error->Expression < 0 ? "" : $" (pattern {ids[error->Expression]})";
        if (error != null) _ = HyperscanLibrary.FreeCompileError(error);
        throw new InvalidOperationException($"cannot compile the pattern database: {message}{which}");
    }

    /// <summary>
    /// Spells every byte out: nothing in a pattern can then mean anything to the expression language, and patterns that
    /// begin with a zero byte work, which the library's literal interface refuses.
    /// </summary>
    private static byte* WriteExpression(ReadOnlySpan<byte> bytes, byte* text)
    {
        ReadOnlySpan<byte> digits = "0123456789abcdef"u8;
        foreach (byte value in bytes)
        {
            *text++ = (byte)'\\';
            *text++ = (byte)'x';
            *text++ = digits[value >> 4];
            *text++ = digits[value & 15];
        }

        *text++ = 0;
        return text;
    }
}
