using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Sensor.Portal.Storage;

/// <summary>Lets SQLitePCLRaw use the system's libsqlite3, so that its security fixes arrive with the system's updates.</summary>
internal static class SqliteNative
{
    private static readonly Lock Gate = new();
    private static bool _ready;

    public static void Use()
    {
        lock (Gate)
        {
            if (_ready) return;
            try
            {
                NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
            }
            catch (InvalidOperationException)
            {
                // Another room of the same process (a test) has set the same resolver.
            }

            raw.SetProvider(new SQLite3Provider_e_sqlite3());
            _ready = true;
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name != "e_sqlite3" ? 0
        : NativeLibrary.TryLoad("libsqlite3.so.0", out nint library) ? library
        : throw new DllNotFoundException("cannot load libsqlite3.so.0: install the package libsqlite3-0");
}
