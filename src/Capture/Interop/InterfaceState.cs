using System.Runtime.InteropServices;
using System.Text;

namespace Sensor.Capture.Interop;

/// <summary>Whether an interface is up, asked of the kernel through an open packet socket (netdevice(7)).</summary>
internal static unsafe partial class InterfaceState
{
    private const ulong GetFlags = 0x8913; // SIOCGIFFLAGS
    private const ushort Up = 1; // IFF_UP
    private const int NameBytes = 16; // IFNAMSIZ

    /// <summary>struct ifreq: the name, then a union of which the flags are the first two bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Request
    {
        public fixed byte Name[NameBytes];
        public ushort Flags;
        public fixed byte Rest[22];
    }

    /// <summary>Null when the kernel knows no such interface (it was removed, or the name stands for many: "any").</summary>
    public static bool? IsUp(int socket, string name)
    {
        if (Encoding.UTF8.GetByteCount(name) >= NameBytes) return null;
        Request request = default;
        Encoding.UTF8.GetBytes(name, new Span<byte>(request.Name, NameBytes));
        return ControlDevice(socket, GetFlags, &request) == 0 ? (request.Flags & Up) != 0 : null;
    }

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int ControlDevice(int file, ulong what, Request* request);
}
