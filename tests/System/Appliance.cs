using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
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
    private readonly HttpClient _http, _control;
    private readonly Wire? _wire;
    private Process? _sensord, _portal;
    private string _grpcEndpoint = "127.0.0.1:0", _httpEndpoint = "127.0.0.1:0";

    /// <param name="wire">Portal and sensor run in this namespace, on which the sensor may capture; null for the machine's own.</param>
    public Appliance(Wire? wire = null)
    {
        _wire = wire;
        _http = new HttpClient(new SocketsHttpHandler { ConnectCallback = (context, cancel) => ConnectAsync(wire?.OpenSocket() ?? new Socket(SocketType.Stream, ProtocolType.Tcp), IPEndPoint.Parse($"{context.DnsEndPoint.Host}:{context.DnsEndPoint.Port}"), cancel) });
        _control = new HttpClient(new SocketsHttpHandler { ConnectCallback = (_, cancel) => ConnectAsync(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), new UnixDomainSocketEndPoint(Socket), cancel) });
    }

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

    /// <summary>Further variables of the daemon's environment.</summary>
    public IReadOnlyDictionary<string, string> SensordEnvironment { get; init; } = new Dictionary<string, string>();

    public string Configuration => Path.Combine(Folder, "sensord.yaml");

    public int SensordId => _sensord!.Id;

    private string[] Prefix => _wire?.Prefix ?? [];

    /// <summary>Starts the portal, on the same ports as before once they are known.</summary>
    public void StartPortal()
    {
        string ports = Path.Combine(Folder, "ports");
        File.Delete(ports);
        _portal = Start(Prefix, "Portal/portal", "--grpc", _grpcEndpoint, "--http", _httpEndpoint, "--data", Path.Combine(Folder, "portal"), "--port-file", ports);
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
        File.WriteAllText(Configuration, $"""
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

    public Process StartSensord() => _sensord = Start(Prefix, "sensord/sensord", "--config", Configuration);

    public void KillSensord() => Kill(ref _sensord);

    /// <summary>Waits until the daemon ends by itself or after a signal; answers its exit code.</summary>
    public int AwaitSensordExit(TimeSpan? patience = null)
    {
        TimeSpan most = patience ?? Patience;
        Assert.True(_sensord!.WaitForExit(most), $"waited {most.TotalSeconds} s for the daemon to end: {Logs()}");
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

    public (int ExitCode, string Output, string Error) Sensorctl(params string[] arguments) => SensorctlAs([], arguments);

    /// <param name="prefix">What runs it as somebody else (<c>setpriv …</c>).</param>
    public (int ExitCode, string Output, string Error) SensorctlAs(string[] prefix, params string[] arguments)
    {
        using Process process = Start(prefix, "sensorctl/sensorctl", ["--socket", Socket, "--lang", "en", .. arguments]);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    /// <summary>The daemon's own account of itself, or null while it does not answer.</summary>
    public JsonElement? Status()
    {
        try
        {
            return JsonDocument.Parse(_control.GetStringAsync(new Uri("http://sensord/v1/status")).GetAwaiter().GetResult()).RootElement;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public JsonElement Portal(string path) => JsonDocument.Parse(_http.GetStringAsync(new Uri(PortalPages + path)).GetAwaiter().GetResult()).RootElement;

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

    /// <summary>Waits until the engine has seen so many frames, every alert of theirs is handled, and the portal has them all.</summary>
    public JsonElement WaitForArrival(long frames)
    {
        JsonElement settled = default;
        WaitForSensord($"{frames} frames are inspected and their alerts have arrived", status =>
        {
            settled = status;
            return status.GetProperty("ledger").GetProperty("seen").GetInt64() >= frames && AlertsHandled(status) && status.GetProperty("uplink").GetProperty("waiting").GetInt64() == 0;
        });
        return settled;
    }

    /// <summary>True when every alert raised since the start is in the box's own store; for daemons started on an empty one.</summary>
    public static bool AlertsHandled(JsonElement status) => status.GetProperty("alerts").GetProperty("stored").GetInt64() >= status.GetProperty("alerts").GetProperty("raised").GetInt64();

    /// <summary>Waits for a condition of another process; this is what stands for sleeping in a test of processes.</summary>
    public void WaitFor(string what, Func<bool> holds, Process? needed = null)
    {
        var clock = Stopwatch.StartNew();
        while (!holds())
        {
            if (needed is { HasExited: true }) throw new InvalidOperationException($"while waiting until {what}: {needed.StartInfo.ArgumentList[^1]} ended with {needed.ExitCode}: {Logs()}");
            if (clock.Elapsed > Patience) throw new TimeoutException($"waited {Patience.TotalSeconds} s until {what}: {Logs()}");
            using var pause = new ManualResetEventSlim();
            pause.Wait(20);
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
        _control.Dispose();
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
        if (parts[0] == "sensord") foreach ((string name, string value) in SensordEnvironment) start.Environment[name] = value;
        Process process = Process.Start(start)!;
        if (!isTool) _started.Add(process);
        return process;
    }

    private static void Kill(ref Process? process)
    {
        process!.Kill();
        process.WaitForExit();
        process = null;
    }

    private static async ValueTask<Stream> ConnectAsync(Socket socket, EndPoint to, CancellationToken cancel)
    {
        try
        {
            await socket.ConnectAsync(to, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string Indent(string lines) => string.Join('\n', lines.Split('\n').Select(line => "  " + line));

    private static string Tail(string file)
    {
        string text = File.ReadAllText(file);
        return text.Length > 2000 ? text[^2000..] : text;
    }
}
