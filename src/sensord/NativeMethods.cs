using System.Runtime.InteropServices;

namespace Sensor.Daemon;

/// <summary>The few things of libc that .NET does not offer.</summary>
internal static partial class NativeMethods
{
    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint EffectiveUser();
}
