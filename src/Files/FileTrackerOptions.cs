namespace Sensor.Files;

/// <summary>Which digests are computed; only what a rule, a list or a record asks for.</summary>
[Flags]
public enum FileHashes : byte { None = 0, Md5 = 1, Sha1 = 2, Sha256 = 4, All = Md5 | Sha1 | Sha256 }

/// <summary>What is kept of files, and how much.</summary>
public sealed record FileTrackerOptions
{
    /// <summary>Digests of files that begin from now on; the tracker's own property of that name changes it later.</summary>
    public FileHashes Hashes { get; init; } = FileHashes.Sha256;

    /// <summary>The type is told from the first bytes.</summary>
    public bool Types { get; init; } = true;

    /// <summary>Files of one worker at the same time. Beyond it a file passes unseen, and <see cref="FileTracker.FilesRefused"/> counts.</summary>
    public int MostFiles { get; init; } = 65_536;

    /// <summary>Files of one transaction (attachments of a mail, parts of a form). Beyond it a file passes unseen, and <see cref="FileTracker.FilesRefused"/> counts.</summary>
    public int MostFilesPerTransaction { get; init; } = 1024;

    /// <summary>Files of one worker that are being hashed at the same time. Beyond it a file has no digests, and <see cref="FileTracker.HashesRefused"/> counts.</summary>
    public int MostHashing { get; init; } = 8192;

    /// <summary>Bytes after which a file is no longer hashed, as it would cost more than it tells: downloads of whole disks.</summary>
    public long HashLimit { get; init; } = 1L << 30;
}
