using System.Globalization;
using Sensor.Tests.Support;

namespace Sensor.Tests.Fuzz;

/// <summary>What a run of the fuzz targets does.</summary>
public sealed record FuzzOptions
{
    /// <summary>Damages per file and kind in a full run.</summary>
    public const int FullVariants = 50;

    public int Seed { get; init; } = 1;

    /// <summary>Most damages per file and kind.</summary>
    public int Variants { get; init; } = FullVariants;

    /// <summary>Files above this size are left out.</summary>
    public long LargestFile { get; init; } = long.MaxValue;

    /// <summary>Most files, chosen by the seed.</summary>
    public int Files { get; init; } = int.MaxValue;

    /// <summary>Ends early, between two files, when so much time has passed.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.MaxValue;

    public required string Captures { get; init; }

    public IReadOnlyList<string> Rules { get; init; } = [Checkout.Path("rules")];

    /// <summary>One file, kind and number of a damage, to see a failure again; null or −1 for all.</summary>
    public string? Only { get; init; }

    public string? Kind { get; init; }

    public int Index { get; init; } = -1;

    /// <summary>Few small files, few damages: what the unit tests run.</summary>
    public static FuzzOptions Quick(string captures) => new() { Captures = captures, Variants = 1, LargestFile = 32 * 1024, Files = 150 };

    /// <exception cref="ArgumentException">An argument is unknown or has no value.</exception>
    public static FuzzOptions Parse(string[] arguments)
    {
        string Captures() => SharedMaterial.Root is null ? throw new ArgumentException("cannot find captures: name their folder with --captures") : SharedMaterial.Path("captures");
        var rules = new List<string>();
        FuzzOptions options = new() { Captures = "" };
        for (int i = 0; i < arguments.Length; i++)
        {
            string Value() => ++i < arguments.Length ? arguments[i] : throw new ArgumentException($"{arguments[i - 1]} needs a value");
            int Number() => int.TryParse(Value(), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw new ArgumentException($"\"{arguments[i]}\" is not a number");
            switch (arguments[i])
            {
                case "--quick": options = options with { Variants = 1, LargestFile = 32 * 1024, Files = 150 }; break;
                case "--seconds": options = options with { Budget = TimeSpan.FromSeconds(Number()) }; break;
                case "--seed": options = options with { Seed = Number() }; break;
                case "--variants": options = options with { Variants = Number() }; break;
                case "--captures": options = options with { Captures = Value() }; break;
                case "--only": options = options with { Only = Value() }; break;
                case "--kind": options = options with { Kind = Value() }; break;
                case "--index": options = options with { Index = Number() }; break;
                case "--rules": rules.Add(Value()); break;
                default: throw new ArgumentException($"\"{arguments[i]}\" is no argument; see the first lines of tests/Fuzz/run");
            }
        }

        if (options.Captures.Length == 0) options = options with { Captures = Captures() };
        return rules.Count == 0 ? options : options with { Rules = rules };
    }
}
