using System.Text.Json;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Alerts.Eve;

/// <summary>What records need of a protocol, looked up once: its names escaped, and the buffers whose content an alert may name.</summary>
internal sealed class ProtocolWords
{
    /// <summary>Which buffer holds which detail; a protocol has those of them whose names it declares. The first of equals that has something counts.</summary>
    private static readonly (EventDetail Detail, string Buffer)[] DetailBuffers =
    [
        (EventDetail.HostName, "http.host"), (EventDetail.HostName, "tls.sni"), (EventDetail.HostName, "quic.sni"), (EventDetail.HostName, "dns.query"),
        (EventDetail.HostName, "mdns.queries.rrname"), (EventDetail.Url, "http.uri.raw"), (EventDetail.Url, "http.uri"), (EventDetail.HttpMethod, "http.method"),
        (EventDetail.UserAgent, "http.user_agent"), (EventDetail.Ja3, "ja3.hash"), (EventDetail.Ja4, "ja4.hash"),
    ];

    private readonly (EventDetail Detail, BufferDefinition Buffer)[] _details;

    public ProtocolWords(IAppProtocol protocol)
    {
        Protocol = protocol;
        Name = JsonEncodedText.Encode(protocol.Name);
        RecordType = JsonEncodedText.Encode(protocol.RecordType);
        Events = EventNames.Of(protocol);
        RecordsFollowMessage = EventWriter.FollowsMessage(protocol);
        _details =
        [
            .. from wanted in DetailBuffers
               from buffer in protocol.Buffers
               where buffer.Name == wanted.Buffer
               select (wanted.Detail, buffer),
        ];
    }

    public IAppProtocol Protocol { get; }

    public JsonEncodedText Name { get; }

    public JsonEncodedText RecordType { get; }

    public JsonEncodedText[] Events { get; }

    /// <summary>Its records name the ends as the message travelled, not client first.</summary>
    public bool RecordsFollowMessage { get; }

    public void AddDetails(Transaction transaction, EventDetailBlock to)
    {
        EventDetail last = EventDetail.None;
        foreach ((EventDetail detail, BufferDefinition buffer) in _details)
        {
            bool found = detail == last;
            if (found || transaction.RequestProgress < buffer.RequestProgress || transaction.ResponseProgress < buffer.ResponseProgress) continue;
            if (!buffer.Read(transaction, buffer.Side ?? Direction.ToServer, 0, out BufferView view) || view.Bytes.IsEmpty) continue;
            to.Add(detail, view.Bytes);
            last = detail;
        }
    }
}
