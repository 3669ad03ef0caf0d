using System.Security.Cryptography;
using System.Text.Json;

namespace Sensor.Cloud;

/// <summary>
/// Who the box is to the portal: an id, and the secret that proves it. Both are chosen by the box and stored, readable
/// by its user only (0600), before the portal hears of them.
/// </summary>
public sealed record SensorIdentity(string SensorId, string Secret)
{
    /// <summary>256 bits.</summary>
    private const int SecretBytes = 32;

    /// <summary>Reads the file, or makes a new identity and stores it there.</summary>
    /// <exception cref="InvalidDataException">The file is not an identity; it is never overwritten, since a new identity would be a new box.</exception>
    public static SensorIdentity LoadOrCreate(string path)
    {
        if (File.Exists(path)) return Load(path);
        SensorIdentity identity = new(Guid.NewGuid().ToString(), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes)));
        identity.Save(path);
        return identity;
    }

    /// <summary>The id alone: the secret must not reach a log.</summary>
    public override string ToString() => SensorId;

    private static SensorIdentity Load(string path)
    {
        try
        {
            SensorIdentity? identity = JsonSerializer.Deserialize<SensorIdentity>(File.ReadAllBytes(path));
            if (identity is not null && Guid.TryParse(identity.SensorId, out _) && identity.Secret?.Length >= SecretBytes) return identity;
        }
        catch (JsonException)
        {
        }

        throw new InvalidDataException($"cannot read the box's identity: {path} is damaged; restore it from a backup, or delete it to enrol as a new box");
    }

    private void Save(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        string temporary = path + ".new";
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.WriteThrough };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.Delete(temporary); // left from a crash, perhaps with other permissions
        using (FileStream file = new(temporary, options))
        {
            JsonSerializer.Serialize(file, this);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: false);
    }
}
