using System.Runtime.InteropServices;

namespace Sensor.Primitives;

/// <summary>
/// What stands before each frame in a pipe. A frame and its header always lie in one piece of memory:
/// the writer asks the pipe for both at once.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
public struct FrameHeader
{
    public long Nanoseconds;
    public ulong Number;
    public int CapturedLength;
    public int WireLength;
    public LinkType Link;
    public ushort Reserved0;
    public uint Reserved1;

    /// <summary>Bytes of the header itself.</summary>
    public const int Size = 32;
}
