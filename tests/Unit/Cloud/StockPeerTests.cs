using System.Diagnostics;
using System.Text.Json;
using Sensor.Cloud;
using Sensor.Tests.Portal;
using Sensor.Wire;

namespace Sensor.Tests.Cloud;

/// <summary>Needs python3-grpcio, python3-protobuf and protobuf-compiler; skipped with that sentence where they are missing.</summary>
public sealed class StockGrpcFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Missing = new(FindMissing);

    public StockGrpcFactAttribute() => Skip = Missing.Value;

    private static string? FindMissing()
    {
        const string reason = "needs stock gRPC peers: apt-get install python3-grpcio python3-protobuf protobuf-compiler";
        try
        {
            ProcessStartInfo start = new(StockPeer.Python) { RedirectStandardError = true };
            foreach (string argument in (string[])["-c", "import grpc, google.protobuf, shutil, sys; sys.exit(shutil.which('protoc') is None)"]) start.ArgumentList.Add(argument);
            using Process probe = Process.Start(start)!;
            probe.WaitForExit();
            return probe.ExitCode == 0 ? null : reason;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return reason;
        }
    }
}

/// <summary>A Python process with one of the scripts of tests/System/Grpc.</summary>
internal sealed class StockPeer : IDisposable
{
    public const string Python = "/usr/bin/python3";

    private readonly Process _process;

    public StockPeer(string script, params string[] arguments)
    {
        ProcessStartInfo start = new(Python) { RedirectStandardOutput = true, RedirectStandardInput = true };
        start.ArgumentList.Add(Path.Combine(Folder(), script));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
    }

    public async Task<string?> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync();

    /// <summary>The JSON lines that are left, once the process has ended.</summary>
    public async Task<List<JsonElement>> ReadToEndAsync()
    {
        _process.StandardInput.Close();
        List<JsonElement> lines = [];
        while (await ReadLineAsync() is { } line) lines.Add(JsonDocument.Parse(line).RootElement);
        await _process.WaitForExitAsync();
        Assert.Equal(0, _process.ExitCode);
        return lines;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private static string Folder()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Appliance.sln"))) root = root.Parent;
        return Path.Combine(root!.FullName, "tests", "System", "Grpc");
    }
}

/// <summary>Both ends of the uplink against gRPC as everybody else speaks it.</summary>
[Trait("Category", "System")]
public sealed class StockPeerTests
{
    [StockGrpcFact]
    public async Task A_stock_client_is_understood_by_the_portal()
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        using StockPeer client = new("stock_client.py", $"127.0.0.1:{portal.Grpc.Port}", RunningPortal.Token);
        Dictionary<string, JsonElement> calls = (await client.ReadToEndAsync()).ToDictionary(line => line.GetProperty("call").GetString()!);
        Dictionary<string, string> expected = new()
        {
            ["health"] = "OK",
            ["health of another"] = "NOT_FOUND",
            ["upload before enrolment"] = "UNAUTHENTICATED",
            ["enrol with a wrong token"] = "PERMISSION_DENIED",
            ["enrol"] = "OK",
            ["enrol again"] = "OK",
            ["upload"] = "OK",
            ["upload again"] = "OK",
            ["upload overlapping"] = "OK",
            ["upload as another box"] = "PERMISSION_DENIED",
            ["upload out of order"] = "INVALID_ARGUMENT",
            ["heartbeat"] = "OK",
            ["unknown method"] = "UNIMPLEMENTED",
            ["too long"] = "RESOURCE_EXHAUSTED",
            ["compressed"] = "UNIMPLEMENTED",
        };
        Assert.Equal(expected, calls.ToDictionary(call => call.Key, call => call.Value.GetProperty("status").GetString()!));
        Assert.Equal("""{"through_sequence": 5, "stored": 5}""", calls["upload"].GetProperty("answer").GetRawText());
        Assert.Equal("""{"through_sequence": 5, "duplicates": 5}""", calls["upload again"].GetProperty("answer").GetRawText());
        Assert.Equal("""{"through_sequence": 8, "stored": 3, "duplicates": 2}""", calls["upload overlapping"].GetProperty("answer").GetRawText());
        Assert.Equal(4, calls["heartbeat"].GetProperty("answer").GetProperty("desired_generation").GetInt32());
        using JsonDocument stats = JsonDocument.Parse(await portal.GetAsync("/api/v1/stats"));
        Assert.Equal(8, stats.RootElement.GetProperty("alerts").GetInt32());
    }

    [StockGrpcFact]
    public async Task A_stock_server_that_fails_in_every_way_gets_everything_in_the_end()
    {
        using StockPeer server = new("stock_server.py", "UNAVAILABLE", "store-UNAVAILABLE", "ok", "hang", "RESOURCE_EXHAUSTED", "restart", "store-INTERNAL", "ABORTED", "ok");
        int port = int.Parse((await server.ReadLineAsync())!.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        TestSource source = new TestSource().Add(1200);
        TestDelays delays = new();
        List<GrpcException> failures = [];
        using GrpcChannel channel = new(new Uri($"http://127.0.0.1:{port}"), RunningPortal.Loopback);
        Uploader? uploader = null;
        delays.OnPause = _ => failures.Add(uploader!.Status.LastError!);
        string folder = Directory.CreateTempSubdirectory("stock").FullName;
        uploader = new Uploader(source, async (batch, cancellation) =>
        {
            await Task.Delay(failures.Count > 3 ? 50 : 0, cancellation); // the real server needs real time to come back
            return await channel.CallAsync(GrpcNames.UploadAlerts, batch, AlertAck.Parser, TimeSpan.FromSeconds(2), "the secret", cancellation);
        }, "sensor", new Quarantine(Path.Combine(folder, "q")), delays.Delays);
        await uploader.DrainAsync(CancellationToken.None);

        Assert.Equal(1200, source.AcknowledgedThrough);
        Assert.Equal(1200, uploader.Status.Uploaded);
        Assert.Equal(0, uploader.Status.Quarantined);
        GrpcStatus[] statuses = [.. failures.Select(failure => failure.Status)];
        Assert.Equal([GrpcStatus.Unavailable, GrpcStatus.Unavailable, GrpcStatus.DeadlineExceeded, GrpcStatus.ResourceExhausted], statuses[..4]);
        Assert.Contains(GrpcStatus.Aborted, statuses);
        Assert.Equal("told to: 100 % refused / 拒否", failures[0].Message);

        List<JsonElement> calls = await server.ReadToEndAsync();
        Assert.Equal(["UNAVAILABLE", "store-UNAVAILABLE", "ok", "hang", "RESOURCE_EXHAUSTED", "restart"], calls.Take(6).Select(call => call.GetProperty("behaviour").GetString()));
        Assert.All(calls, call => Assert.True(call.GetProperty("deadline").GetBoolean()));
        Assert.All(calls, call => Assert.Equal("Bearer the secret", call.GetProperty("bearer").GetString()));
        HashSet<int> taken = [.. calls.Where(call => call.GetProperty("taken").GetBoolean()).SelectMany(call => call.GetProperty("sequences").EnumerateArray()).Select(one => one.GetInt32())];
        Assert.Equal(Enumerable.Range(1, 1200), taken.Order());
        Directory.Delete(folder, recursive: true);
    }
}
