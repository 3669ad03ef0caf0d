using System.Text.Json;
using Sensor.Cloud;

namespace Sensor.Tests.Cloud;

/// <summary>The box's identity on disk.</summary>
public sealed class EnrolmentTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("identity").FullName;

    private string File => Path.Combine(_folder, "state", "identity.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_identity_is_made_once_and_readable_by_its_user_only()
    {
        SensorIdentity first = SensorIdentity.LoadOrCreate(File);
        SensorIdentity second = SensorIdentity.LoadOrCreate(File);
        Assert.Equal(first, second);
        Assert.Equal(64, first.Secret.Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        Assert.NotEqual(first, SensorIdentity.LoadOrCreate(File + "2"));
    }

    [Fact]
    public void Its_text_does_not_show_the_secret()
    {
        SensorIdentity identity = SensorIdentity.LoadOrCreate(File);
        Assert.DoesNotContain(identity.Secret, $"{identity}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"SensorId":"x","Secret":"0123456789012345678901234567890123456789"}""")]
    [InlineData("""{"SensorId":"6f1f9a52-0000-4000-8000-000000000000","Secret":"short"}""")]
    public void A_damaged_identity_is_refused_and_kept(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.WriteAllText(File, text);
        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => SensorIdentity.LoadOrCreate(File));
        Assert.Contains("cannot read the box's identity", refused.Message, StringComparison.Ordinal);
        Assert.Equal(text, System.IO.File.ReadAllText(File));
    }

    [Fact]
    public void A_crash_while_writing_leaves_nothing_in_the_way()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.WriteAllText(File + ".new", "{\"half\":");
        Assert.Equal(SensorIdentity.LoadOrCreate(File), JsonSerializer.Deserialize<SensorIdentity>(System.IO.File.ReadAllText(File)));
    }
}
