using System.Reflection;
using System.Runtime.InteropServices;

namespace Sensor.Storage;

/// <summary>
/// Binds SQLite to the system's own library, so that the distribution's security fixes arrive without a new build of ours.
/// Debian package: libsqlite3-0.
/// </summary>
public static class SqliteNative
{
    private static readonly string[] LibraryNames = ["libsqlite3.so.0", "libsqlite3.so"];
    private static readonly Lock Gate = new();
    private static bool _bound;

    /// <summary>Call once before the first connection; further calls do nothing.</summary>
    /// <exception cref="DllNotFoundException">The library is not installed.</exception>
    public static void Bind()
    {
        lock (Gate)
        {
            if (_bound) return;
            NativeLibrary.SetDllImportResolver(typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly, Resolve);
            SQLitePCL.raw.SetProvider(new SQLitePCL.SQLite3Provider_e_sqlite3());
            _bound = true;
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != "e_sqlite3") return 0;
        foreach (string library in LibraryNames)
        {
            if (NativeLibrary.TryLoad(library, out nint handle)) return handle;
        }

        throw new DllNotFoundException("cannot load SQLite: libsqlite3.so.0 is not installed (Debian: apt-get install libsqlite3-0)");
    }
}
