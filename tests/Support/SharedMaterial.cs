using Xunit;

namespace Sensor.Tests.Support;

/// <summary>
/// Test material that is not part of the project: a folder <c>shared</c> beside the checkout. On a machine without it
/// the tests that need it are skipped, and say so.
/// </summary>
public static class SharedMaterial
{
    /// <summary>The folder, or null where it is absent.</summary>
    public static string? Root { get; } = FindRoot();

    public static string Path(params string[] parts) => System.IO.Path.Combine([Root ?? throw new InvalidOperationException("shared test material is absent"), .. parts]);

    private static string? FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Appliance.sln")))
            {
                string candidate = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder.FullName, "..", "shared"));
                return Directory.Exists(System.IO.Path.Combine(candidate, "captures")) ? candidate : null;
            }
        }

        return null;
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
