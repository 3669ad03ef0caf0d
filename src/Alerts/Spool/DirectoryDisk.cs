using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sensor.Alerts.Spool;

/// <summary>A directory of the real file system. Holds a lock file, so that two processes cannot write one spool.</summary>
public sealed partial class DirectoryDisk : ISpoolDisk
{
    private const string LockName = "lock";

    private readonly string _directory;
    private readonly SafeFileHandle _lock;

    public DirectoryDisk(string directory)
    {
        _directory = Path.GetFullPath(directory);
        Directory.CreateDirectory(_directory);
        _lock = File.OpenHandle(Path.Combine(_directory, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
    }

    public IReadOnlyList<string> List() => [.. Directory.EnumerateFiles(_directory).Select(path => Path.GetFileName(path)).Where(name => name != LockName)];

    public byte[]? ReadAll(string name)
    {
        string path = Path.Combine(_directory, name);
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }

    public ISpoolFile Open(string name, bool create) =>
        new RealFile(File.OpenHandle(Path.Combine(_directory, name), create ? FileMode.OpenOrCreate : FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite));

    public void Delete(string name) => File.Delete(Path.Combine(_directory, name));

    public void Rename(string from, string to) => File.Move(Path.Combine(_directory, from), Path.Combine(_directory, to), overwrite: true);

    public void Replace(string name, ReadOnlySpan<byte> content)
    {
        string temporary = Path.Combine(_directory, name + ".new");
        using (SafeFileHandle handle = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(handle, content, 0);
            RandomAccess.FlushToDisk(handle);
        }

        File.Move(temporary, Path.Combine(_directory, name), overwrite: true);
        SyncDirectory();
    }

    public void SyncDirectory()
    {
        int handle = OpenDirectory(_directory, ReadOnlyFlag | CloseOnExec);
        if (handle < 0) throw new IOException($"cannot open {_directory}: {Marshal.GetLastPInvokeErrorMessage()}");
        int result = SyncHandle(handle);
        string error = result < 0 ? Marshal.GetLastPInvokeErrorMessage() : "";
        _ = CloseHandle(handle);
        if (result < 0) throw new IOException($"cannot sync {_directory}: {error}");
    }

    public void Dispose() => _lock.Dispose();

    // .NET has no way to open a directory; the values are Linux's on every architecture .NET runs on.
    private const int ReadOnlyFlag = 0, CloseOnExec = 0x80000;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenDirectory(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncHandle(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseHandle(int handle);

    private sealed class RealFile(SafeFileHandle handle) : ISpoolFile
    {
        public long Length => RandomAccess.GetLength(handle);

        public int Read(long offset, Span<byte> to)
        {
            int total = 0;
            while (total < to.Length)
            {
                int read = RandomAccess.Read(handle, to[total..], offset + total);
                if (read == 0) break;
                total += read;
            }

            return total;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(handle, bytes, offset);

        public void Sync() => RandomAccess.FlushToDisk(handle);

        public void Truncate(long length) => RandomAccess.SetLength(handle, length);

        public void Dispose() => handle.Dispose();
    }
}
