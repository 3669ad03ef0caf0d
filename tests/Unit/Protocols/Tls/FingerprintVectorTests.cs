using System.Text;
using System.Text.Json;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Protocols.Tls;

namespace Sensor.Tests.Protocols.Tls;

/// <summary>The published captures with the JA4 fingerprints expected in them.</summary>
public sealed class FingerprintVectorTests
{
    [SharedFact]
    public void JA4_of_every_published_capture_is_as_published()
    {
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(SharedMaterial.Path("vectors", "ja4", "expected.json")));
        int compared = 0;
        foreach (JsonProperty file in expected.RootElement.EnumerateObject())
        {
            CaptureConversations capture = CaptureConversations.Read(SharedMaterial.Path("vectors", "ja4", file.Name));
            foreach (JsonElement flow in file.Value.EnumerateArray())
            {
                CaptureConversations.Conversation? talk = capture.All.FirstOrDefault(one => one.Protocol == 6
                    && one.Client == flow.GetProperty("src").GetString() && one.ClientPort.ToString() == flow.GetProperty("srcport").GetString()
                    && one.Server == flow.GetProperty("dst").GetString() && one.ServerPort.ToString() == flow.GetProperty("dstport").GetString());
                Assert.True(talk is not null, $"{file.Name}: {flow}");
                Assert.Equal((file.Name, flow.ToString(), flow.GetProperty("JA4.1").GetString()), (file.Name, flow.ToString(), Ja4(talk.All(Direction.ToServer))));
                compared++;
            }
        }

        Assert.True(compared >= 150, $"only {compared} fingerprints were compared");
    }

    /// <summary>Some conversations ask a proxy first: the hello begins where a record with one begins.</summary>
    private static string Ja4(byte[] said)
    {
        int start = 0;
        while (start + 6 < said.Length && !(said[start] == 22 && said[start + 1] == 3 && said[start + 5] == 1)) start++;
        string result = "";
        new ProtocolTranscript(new TlsProtocol()).Client(said[start..]).Inspect((parser, _) =>
        {
            var connection = (TlsTransaction)parser.Transactions[0];
            result = Encoding.ASCII.GetString(connection.Bytes(connection.Ja4));
        });
        return result;
    }
}
