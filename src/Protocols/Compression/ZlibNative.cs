using System.Runtime.InteropServices;

namespace Sensor.Protocols.Compression;

/// <summary>The few functions of zlib that are used (zlib.h 1.2.x; Debian package zlib1g). Nothing else knows its layout.</summary>
internal static partial class ZlibNative
{
    private const string Library = "libz.so.1";

    public const int Ok = 0, StreamEnd = 1, BufferError = -5;
    public const int NoFlush = 0;

    /// <summary>Window bits for a bare deflate stream: containers are read by the caller, which is more lenient than zlib.</summary>
    public const int RawDeflate = -15;

    /// <summary><c>z_stream</c> of a 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe struct Stream
    {
        public byte* NextIn;
        public uint AvailableIn;
        public nuint TotalIn;
        public byte* NextOut;
        public uint AvailableOut;
        public nuint TotalOut;
        public byte* Message;
        public void* State;
        public void* Allocate;
        public void* Free;
        public void* Opaque;
        public int DataType;
        public nuint Checksum;
        public nuint Reserved;
    }

    [LibraryImport(Library, EntryPoint = "zlibVersion")]
    public static unsafe partial byte* Version();

    [LibraryImport(Library, EntryPoint = "inflateInit2_")]
    public static unsafe partial int InflateInit(Stream* stream, int windowBits, byte* version, int streamSize);

    [LibraryImport(Library, EntryPoint = "inflate")]
    public static unsafe partial int Inflate(Stream* stream, int flush);

    [LibraryImport(Library, EntryPoint = "inflateReset")]
    public static unsafe partial int InflateReset(Stream* stream);

    [LibraryImport(Library, EntryPoint = "inflateEnd")]
    public static unsafe partial int InflateEnd(Stream* stream);
}
