using System.Diagnostics;
using System.Text.Json;
using Sensor.Tests.Support;
using Xunit;

namespace Sensor.Tests.EndToEnd;

/// <summary>A portal and a sensor as processes of their own, in a folder of their own, on loopback; everything ends with the test.</summary>
internal sealed class Appliance : IDisposable
{
#if DEBUG
    private const string BuildKind = "Debug";
#else
    private const string BuildKind = "Release";
#endif

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly List<Process> _started = [];
    private readonly HttpClient _http = new();
    private Process? _sensord, _portal;
    private string _grpcEndpoint = "127.0.0.1:0", _httpEndpoint = "127.0.0.1:0";

    public string Folder { get; } = Directory.CreateTempSubdirectory("appliance-").FullName;

    public string Socket => Path.Combine(Folder, "control.sock");

    /// <summary>Where the sensor keeps what it keeps; a disk of its own when a test takes the disk away.</summary>
    public string DataFolder
    {
        get => field ?? Folder;
        init;
    }

    public string Eve => Path.Combine(DataFolder, "events", "eve.json");

    public string PortalPages { get; private set; } = "";

    /// <summary>Runs the daemon through this command (<c>ip netns exec NAME</c>), empty for none.</summary>
    public string[] SensordPrefix { get; init; } = [];

    /// <summary>Starts the portal, on the same ports as before once they are known.</summary>
    public void StartPortal()
    {
        string ports = Path.Combine(Folder, "ports");
        File.Delete(ports);
        _portal = Start([], "Portal/portal", "--grpc", _grpcEndpoint, "--http", _httpEndpoint, "--data", Path.Combine(Folder, "portal"), "--port-file", ports);
        WaitFor("the portal listens", () => File.Exists(ports) && File.ReadAllText(ports).Contains("http=", StringComparison.Ordinal), _portal);
        Dictionary<string, string> endpoints = File.ReadAllLines(ports).Where(line => line.Contains('=', StringComparison.Ordinal)).ToDictionary(line => line.Split('=')[0], line => line.Split('=', 2)[1]);
        _grpcEndpoint = new Uri(endpoints["grpc"]).Authority;
        _httpEndpoint = new Uri(endpoints["http"]).Authority;
        PortalPages = endpoints["http"].TrimEnd('/');
    }

    public void KillPortal() => Kill(ref _portal);

    /// <param name="capture">The lines of the configuration's capture section.</param>
    /// <param name="more">Further whole sections.</param>
    public void Configure(string capture, string rules = "", string more = "")
    {
        string rulesLine = rules.Length > 0 ? rules : Checkout.Path("rules");
        File.WriteAllText(Path.Combine(Folder, "sensord.yaml"), $"""
            sensor:
              name: "test"
            capture:
            {Indent(capture)}
            rules:
              classification: "{Checkout.Path("rules", "classification.config")}"
              files:
                - "{rulesLine}"
            lists:
              files:
                - "{Checkout.Path("rules", "lists")}"
            events:
              directory: "{DataFolder}/events"
            state:
              directory: "{DataFolder}/state"
            uplink:
              portal: "http://{_grpcEndpoint}"
              allow-plaintext: yes
              token-file: "{Folder}/portal/enrolment-token"
            control:
              socket: "{Socket}"
            {more}
            """);
    }

    public Process StartSensord() => _sensord = Start(SensordPrefix, "sensord/sensord", "--config", Path.Combine(Folder, "sensord.yaml"));

    public void KillSensord() => Kill(ref _sensord);

    /// <summary>Waits until the daemon ends by itself or after a signal; answers its exit code.</summary>
    public int AwaitSensordExit()
    {
        Assert.True(_sensord!.WaitForExit(Patience), $"waited {Patience.TotalSeconds} s for the daemon to end: {Logs()}");
        return _sensord.ExitCode;
    }

    /// <summary>What the daemon has said so far.</summary>
    public string SensordLog => File.ReadAllText(Path.Combine(Folder, "sensord.log"));

    /// <summary>Sends a signal by its name (<c>TERM</c>, <c>HUP</c>).</summary>
    public void Signal(string name)
    {
        using Process kill = Process.Start("kill", ["-" + name, _sensord!.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public (int ExitCode, string Output, string Error) Sensorctl(params string[] arguments)
    {
        Process process = Start([], "sensorctl/sensorctl", ["--socket", Socket, "--lang", "en", .. arguments]);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    /// <summary>The daemon's own account of itself, or null while it does not answer.</summary>
    public JsonElement? Status()
    {
        (int exit, string output, _) = Sensorctl("status", "--json");
        return exit is 0 or 1 ? JsonDocument.Parse(output).RootElement : null;
    }

    public JsonElement Portal(string path) => JsonDocument.Parse(_http.GetStringAsync(new Uri(PortalPages + path)).Result).RootElement;

    public void WaitForSensord(string what, Func<JsonElement, bool> holds)
    {
        JsonElement? last = null;
        try
        {
            WaitFor(what, () => (last = Status()) is { } status && holds(status), _sensord);
        }
        catch (TimeoutException slow)
        {
            throw new TimeoutException($"{slow.Message}; last status: {last}");
        }
    }

    /// <summary>Waits for a condition of another process; this is what stands for sleeping in a test of processes.</summary>
    public void WaitFor(string what, Func<bool> holds, Process? needed = null)
    {
        var clock = Stopwatch.StartNew();
        while (!holds())
        {
            if (needed is { HasExited: true }) throw new InvalidOperationException($"while waiting until {what}: {needed.StartInfo.ArgumentList[^1]} ended with {needed.ExitCode}: {Logs()}");
            if (clock.Elapsed > Patience) throw new TimeoutException($"waited {Patience.TotalSeconds} s until {what}: {Logs()}");
            Thread.Yield();
            using var pause = new ManualResetEventSlim();
            pause.Wait(50);
        }
    }

    public string Logs() => string.Join('\n', Directory.EnumerateFiles(Folder, "*.log").Select(file => $"{Path.GetFileName(file)}: {Tail(file)}"));

    public void Dispose()
    {
        foreach (Process process in _started)
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }

        _http.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private Process Start(string[] prefix, string program, params string[] arguments)
    {
        string[] parts = program.Split('/');
        string file = Checkout.Path("src", parts[0], "bin", BuildKind, "net10.0", parts[1] + ".dll");
        string[] command = [.. prefix, "dotnet", file, .. arguments];
        bool isTool = parts[0] == "sensorctl";
        // The daemons' output goes to files, so that nobody has to drain a pipe to keep them going.
        string[] wrapped = isTool ? command : ["/bin/sh", "-c", $"exec \"$@\" >>'{Folder}/{parts[1]}.log' 2>&1", "sh", .. command];
        var start = new ProcessStartInfo(wrapped[0], wrapped[1..]) { RedirectStandardOutput = isTool, RedirectStandardError = isTool, UseShellExecute = false };
        Process process = Process.Start(start)!;
        _started.Add(process);
        return process;
    }

    private static void Kill(ref Process? process)
    {
        process!.Kill();
        process.WaitForExit();
        process = null;
    }

    private static string Indent(string lines) => string.Join('\n', lines.Split('\n').Select(line => "  " + line));

    private static string Tail(string file)
    {
        string text = File.ReadAllText(file);
        return text.Length > 2000 ? text[^2000..] : text;
    }
}
