namespace Sensor.Alerts.Spool;

/// <summary>The few things the spool asks of a file system, so that a test can tear, lose and refuse writes. Failures are <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</summary>
public interface ISpoolDisk : IDisposable
{
    IReadOnlyList<string> List();

    /// <summary>Content of a small file, null where it is absent.</summary>
    byte[]? ReadAll(string name);

    /// <summary>Opens for reading and writing; makes the file when absent and <paramref name="create"/>.</summary>
    ISpoolFile Open(string name, bool create);

    void Delete(string name);

    void Rename(string from, string to);

    /// <summary>Puts new content under a name so that after a crash either the old or the new content stands there, whole.</summary>
    void Replace(string name, ReadOnlySpan<byte> content);

    /// <summary>Makes created, renamed and deleted names durable.</summary>
    void SyncDirectory();
}

public interface ISpoolFile : IDisposable
{
    long Length { get; }

    /// <summary>Fills <paramref name="to"/> from the file; answers how much there was.</summary>
    int Read(long offset, Span<byte> to);

    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Returns when content and length are on the medium.</summary>
    void Sync();

    void Truncate(long length);
}
