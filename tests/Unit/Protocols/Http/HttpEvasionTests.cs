using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Protocols.Http;

namespace Sensor.Tests.Protocols.Http;

/// <summary>The shared conformance cases about HTTP evasion: what a browser would show must be in the decoded body.</summary>
public sealed class HttpEvasionTests
{
    private static readonly string[] Marks = ["EICAR-STANDARD-ANTIVIRUS-TEST-FILE", "X5O!P%@AP[4"];

    [SharedFact]
    public void Every_evasion_is_decoded()
    {
        var failed = new List<string>();
        int tried = 0;
        string cases = SharedMaterial.Path("conformance", "cases");
        foreach (string folder in Directory.EnumerateDirectories(cases, "http-evader__*").Order())
        {
            using JsonDocument description = JsonDocument.Parse(File.ReadAllText(System.IO.Path.Combine(folder, "case.json")));
            string capture = SharedMaterial.Path("conformance", description.RootElement.GetProperty("capture").GetString()!);
            tried++;
            if (Problem(capture, [.. ExpectedNames(description)]) is { } problem) failed.Add(System.IO.Path.GetFileName(folder) + ": " + problem);
        }

        Assert.True(tried > 0);
        Assert.True(failed.Count == 0, $"{failed.Count} of {tried}\n" + string.Join("\n", failed));
    }

    private static IEnumerable<string> ExpectedNames(JsonDocument description)
    {
        foreach (JsonElement check in description.RootElement.GetProperty("checks").EnumerateArray())
        {
            if (check.GetProperty("match").TryGetProperty("fileinfo.filename", out JsonElement name)) yield return name.GetString()!;
        }
    }

    private static string? Problem(string capture, string[] names)
    {
        IAppProtocol http = new HttpProtocol();
        var options = new ProtocolOptions { Settings = new Dictionary<string, string> { ["app-layer.protocols.http.libhtp.default-config.response-body-decompress-layer-limit"] = "3" } };
        var flow = new Flow { Slot = 0, ServerPort = 80 };
        var files = new RecordingFileSink();
        AppParser parser = http.CreateParser(options);
        var feeder = new ParserFeeder(parser, flow, files);
        foreach (CaptureStreams.Piece piece in CaptureStreams.Read(capture)) feeder.Add(piece.Direction, piece.Payload);
        feeder.End(Direction.ToServer);
        feeder.End(Direction.ToClient);

        BufferDefinition data = http.Buffers.Single(one => one.Name == "file.data");
        foreach (string mark in Marks)
        {
            int found = parser.Transactions.Count(one => data.Read(one, Direction.ToClient, 0, out BufferView view) && view.Bytes.IndexOf(System.Text.Encoding.ASCII.GetBytes(mark)) >= 0);
            if (found != 1) return $"\"{mark}\" in {found} bodies";
        }

        foreach (string name in names)
        {
            int found = files.Files.Count(one => one.Name == name && one.Direction == Direction.ToClient);
            if (found != 1) return $"{found} files named {name}";
        }

        parser.Reset();
        return null;
    }
}
