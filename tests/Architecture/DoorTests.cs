using System.Xml.Linq;
using Xunit;

namespace Sensor.Tests.Architecture;

/// <summary>
/// Which room may know which. The project references are the doors and the compiler keeps them; here stands why the
/// closed ones are closed, so that whoever opens one is told.
/// </summary>
public class DoorTests
{
    /// <summary>The road of a packet: a room may know the ones before it.</summary>
    private static readonly string[] Road = ["Primitives", "Capture", "Decode", "Flows", "Streams", "Protocols", "Files", "Detection", "Reputation", "Correlation", "Alerts"];

    /// <summary>Helpers that know nobody and that any room off the hot path may use.</summary>
    private static readonly string[] Helpers = ["Storage"];

    private static readonly (string Room, string Other, string Reason)[] Closed =
    [
        ("Storage", "Primitives", "a helper that knows a room is a room"),
        ("Detection", "Storage", "nothing on the packet path may wait for a disk"),
        ("Decode", "Capture", "decoding must not care whether a frame came from a wire or a file"),
        ("Decode", "Detection", "decoding must stay usable, and testable, without a rule set"),
        ("Flows", "Streams", "the flow table must not know what a transport keeps on its flows"),
        ("Protocols", "Detection", "a parser says what it saw; what that means is the rules' business"),
        ("Protocols", "Files", "a parser hands bytes to a sink it declares; hashing must not slow parsing tests"),
        ("Detection", "Reputation", "rules ask blacklists through an interface, so that either can be swapped alone"),
        ("Detection", "Alerts", "a match must not know how it is written down"),
        ("Detection", "Cloud", "a rule match must not wait for the network"),
        ("Correlation", "Alerts", "incidents are made from small facts, not from JSON"),
        ("Alerts", "Cloud", "alerts are durable before anybody uploads them"),
        ("Cloud", "Detection", "the uplink must run, and be tested, without an engine"),
        ("Cloud", "Engine", "the uplink must run, and be tested, without an engine"),
        ("Control", "Engine", "the socket's words are for programs that have no engine"),
        ("sensorctl", "Detection", "the CLI speaks to the socket; its only engine is the replay facade"),
        ("sensorctl", "Alerts", "the CLI reads alerts through the socket, so that permissions are the daemon's"),
        ("Portal", "Engine", "the portal knows boxes by what they upload, nothing else"),
        ("Portal", "Alerts", "the portal knows boxes by what they upload, nothing else"),
        ("Trust", "Cloud", "verification is a pure core: bytes in, verified set or refusal out"),
        ("Updates", "Detection", "a firmware plan must not depend on what the engine is"),
    ];

    [Fact]
    public void Every_closed_door_is_closed()
    {
        foreach ((string room, string other, string reason) in Closed)
        {
            Assert.False(References(room).Contains(other), $"{room} must not know {other}: {reason}");
        }
    }

    [Fact]
    public void Knowledge_points_left()
    {
        for (int i = 0; i < Road.Length; i++)
        {
            foreach (string known in References(Road[i]).Except(Helpers))
            {
                int place = Array.IndexOf(Road, known);
                Assert.True(place >= 0 && place < i, $"{Road[i]} must not know {known}: data flows right, knowledge points left");
            }
        }
    }

    [Theory]
    [InlineData("Primitives")]
    [InlineData("Trust", "Primitives")]
    [InlineData("Updates", "Primitives")]
    [InlineData("Control", "Primitives")]
    [InlineData("sensorctl", "Primitives", "Control", "Engine")]
    public void Small_rooms_know_only_these(string room, params string[] allowed) => Assert.Subset(allowed.ToHashSet(), References(room).ToHashSet());

    [Fact]
    public void Every_project_is_in_the_solution_and_keeps_its_doors_shut_to_the_rest()
    {
        string solution = File.ReadAllText(Path.Combine(Root, "Appliance.sln"));
        foreach (string project in Directory.EnumerateFiles(Root, "*.csproj", SearchOption.AllDirectories).Where(file => !file.Contains("/obj/", StringComparison.Ordinal)))
        {
            Assert.Contains(Path.GetFileName(project), solution, StringComparison.Ordinal);
            Assert.DoesNotContain("DisableTransitiveProjectReferences", File.ReadAllText(project), StringComparison.Ordinal);
        }
    }

    private static string Root { get; } = FindRoot();

    private static IReadOnlyList<string> References(string room)
    {
        string file = Path.Combine(Root, "src", room, room + ".csproj");
        return [.. XDocument.Load(file).Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!))];
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Appliance.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("the tests do not run inside the checkout");
    }
}
