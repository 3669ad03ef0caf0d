using System.Diagnostics;
using Xunit;

namespace Sensor.Tests.EndToEnd;

/// <summary>A file system of its own in memory that a test can fill, make read-only and free again. Gone at the end.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _filler;

    public SmallDisk(int kilobytes)
    {
        Folder = Directory.CreateTempSubdirectory("small-disk-").FullName;
        _filler = Path.Combine(Folder, "filler");
        if (Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", Folder) is not 0 and int exit) throw new InvalidOperationException($"mount ended with {exit}");
    }

    public string Folder { get; }

    /// <summary>Root may not be allowed to mount either, in a container.</summary>
    public static bool IsPossible { get; } = Try();

    /// <summary>Takes the last page of room; again, what others have given back since.</summary>
    public void Fill()
    {
        using var file = new FileStream(_filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] page = new byte[4096];
        try
        {
            while (true) file.Write(page);
        }
        catch (IOException)
        {
            // Full: what was asked for.
        }
    }

    public void Free() => File.Delete(_filler);

    public void MakeReadOnly() => Assert.Equal(0, Run("mount", "-o", "remount,ro", Folder));

    public void MakeWritable() => Assert.Equal(0, Run("mount", "-o", "remount,rw", Folder));

    public void Dispose()
    {
        // Lazily: a process that is just ending may still hold a file.
        Run("umount", "-l", Folder);
        Directory.Delete(Folder);
    }

    private static bool Try()
    {
        if (!Environment.IsPrivilegedProcess) return false;
        try
        {
            using var disk = new SmallDisk(64);
            return true;
        }
        catch (Exception problem) when (problem is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static int Run(params string[] command)
    {
        using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}

/// <summary>A test that mounts a file system; skipped with a clear line where that is not permitted.</summary>
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute()
    {
        if (!SmallDisk.IsPossible) Skip = "needs to mount a small file system: root with CAP_SYS_ADMIN";
    }
}

/// <summary>The same for theories.</summary>
internal sealed class SmallDiskTheoryAttribute : TheoryAttribute
{
    public SmallDiskTheoryAttribute()
    {
        if (!SmallDisk.IsPossible) Skip = "needs to mount a small file system: root with CAP_SYS_ADMIN";
    }
}
