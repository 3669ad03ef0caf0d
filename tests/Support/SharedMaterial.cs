using Xunit;

namespace Sensor.Tests.Support;

/// <summary>
/// Test material that is not part of the project: a folder <c>shared</c> beside the checkout. On a machine without it
/// the tests that need it are skipped, and say so.
/// </summary>
public static class SharedMaterial
{
    /// <summary>The folder, or null where it is absent. <c>SENSOR_SHARED</c> names another one.</summary>
    public static string? Root { get; } = Find(Environment.GetEnvironmentVariable("SENSOR_SHARED") ?? Checkout.Path("..", "shared"));

    public static string Path(params string[] parts) => System.IO.Path.Combine([Root ?? throw new InvalidOperationException("shared test material is absent"), .. parts]);

    private static string? Find(string folder)
    {
        string full = System.IO.Path.GetFullPath(folder);
        return Directory.Exists(System.IO.Path.Combine(full, "captures")) ? full : null;
    }
}

/// <summary>A test that reads the shared material; skipped with a clear line where it is absent.</summary>
public sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute()
    {
        if (SharedMaterial.Root is null) Skip = "needs the shared test material beside the checkout (../shared)";
    }
}

/// <summary>The same for theories.</summary>
public sealed class SharedTheoryAttribute : TheoryAttribute
{
    public SharedTheoryAttribute()
    {
        if (SharedMaterial.Root is null) Skip = "needs the shared test material beside the checkout (../shared)";
    }
}
