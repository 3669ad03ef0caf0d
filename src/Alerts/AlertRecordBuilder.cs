using System.Runtime.CompilerServices;
using System.Text;
using Sensor.Alerts.Eve;
using Sensor.Alerts.Explanations;
using Sensor.Correlation;
using Sensor.Detection;
using Sensor.Primitives;

namespace Sensor.Alerts;

/// <summary>Makes the alert record of an alert event, on the event thread: who is the device, which class, what to say.</summary>
public sealed class AlertRecordBuilder(HomeNetworks home, LossMeter loss, TimeProvider clock, string interfaceName)
{
    private readonly ConditionalWeakTable<Rule, RuleFacts> _facts = [];
    private long _lastId;

    /// <summary>Ids go on after this one (the highest the store knows), also when the clock was set back.</summary>
    public void ContinueAfter(long id) => _lastId = Math.Max(_lastId, id);

    /// <param name="header">An alert: <see cref="EventHeader.Rule"/> is set.</param>
    /// <param name="details">What the worker noted beside the JSON.</param>
    public AlertRecord Build(in EventHeader header, ReadOnlySpan<byte> details)
    {
        Rule rule = header.Rule!;
        RuleFacts facts = _facts.GetValue(rule, RuleFacts.Of);
        ReputationEntry? listed = header.Listed;
        ThreatClass threat = listed is null ? facts.Class : ThreatClassifier.Of(rule, listed);
        AlertRecord alert = new()
        {
            Id = NextId(),
            Time = header.Time,
            Gid = rule.Gid,
            Sid = rule.Sid,
            Revision = rule.Revision,
            Signature = facts.Message,
            Category = rule.Category,
            ClassType = rule.ClassType,
            Priority = rule.Priority,
            Action = header.IsBlocked ? "blocked" : "allowed",
            ThreatClass = threat,
            Severity = SeverityPolicy.Of(rule, listed),
            Stage = KillChain.Slug(KillChain.StageOf(threat)),
            Confidence = listed is null ? facts.Confidence : "high",
            FlowId = header.FlowId,
            PacketNumber = (long)header.PacketNumber,
            TransactionId = header.TransactionId,
            Interface = interfaceName,
            Source = header.Source,
            SourcePort = header.SourcePort,
            Destination = header.Destination,
            DestinationPort = header.DestinationPort,
            IpProtocol = header.IpProtocol,
            Protocol = IpProtocolNames.Name(header.IpProtocol),
            AppProtocol = header.AppProtocol ?? "",
            Vlan = header.Vlan,
            SourceMac = header.SourceMac,
            DestinationMac = header.DestinationMac,
            References = rule.References,
            Blacklist = listed is null ? null : new BlacklistHit(listed.List, listed.Category, listed.Entry, listed.Kind),
            Loss = loss.Stamp(),
        };
        return Explain(WithDetails(WithDevice(alert, header.Direction), details), header.Direction);
    }

    private long NextId() => _lastId = Math.Max(_lastId + 1, (clock.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);

    // The end inside the customer's networks; when both or neither are, the one that began the conversation.
    private AlertRecord WithDevice(AlertRecord alert, Direction direction)
    {
        bool sourceIsHome = home.Contains(alert.Source), destinationIsHome = home.Contains(alert.Destination);
        bool deviceIsSource = sourceIsHome == destinationIsHome ? direction == Direction.ToServer : sourceIsHome;
        return deviceIsSource
            ? alert with { Device = alert.Source, Remote = alert.Destination }
            : alert with { Device = alert.Destination, Remote = alert.Source };
    }

    private static AlertRecord WithDetails(AlertRecord alert, ReadOnlySpan<byte> details)
    {
        var reader = new EventDetailReader(details);
        while (reader.MoveNext(out EventDetail kind, out ReadOnlySpan<byte> value))
        {
            string text = Encoding.UTF8.GetString(value);
            alert = kind switch
            {
                EventDetail.HostName => alert with { HostName = text },
                EventDetail.Url => alert with { Url = text },
                EventDetail.FileName => alert with { FileName = text },
                EventDetail.HttpMethod => alert with { HttpMethod = text },
                EventDetail.UserAgent => alert with { UserAgent = text },
                EventDetail.Ja3 => alert with { Ja3 = text },
                EventDetail.Ja4 => alert with { Ja4 = text },
                EventDetail.FileSha256 => alert with { FileSha256 = text },
                EventDetail.FileType => alert with { FileType = text },
                EventDetail.FileSize => alert with { FileSize = long.TryParse(text, out long size) ? size : 0 },
                EventDetail.CommunityId => alert with { CommunityId = text },
                _ => alert,
            };
        }

        return alert;
    }

    private AlertRecord Explain(AlertRecord alert, Direction direction)
    {
        Explanation explanation = ExplanationCatalog.Of(alert.ThreatClass);
        IpAddress client = direction == Direction.ToServer ? alert.Source : alert.Destination;
        Advice advice = client != alert.Device && explanation.FromOutside is { } outside ? outside : explanation.Usual;
        string remote = alert.Remote.ToString();
        var names = new AdviceNames(alert.Device.ToString(), remote, alert.HostName.Length > 0 ? alert.HostName : remote, alert.FileName, alert.Signature);
        return alert with
        {
            Raised = PacketTime.FromDateTimeOffset(clock.GetUtcNow()),
            ClassName = explanation.Name,
            WhatHappened = AdviceText.Fill(advice.WhatHappened, names),
            WhatToDo = AdviceText.Fill(advice.WhatToDo, names),
        };
    }

    private sealed record RuleFacts(string Message, ThreatClass Class, string Confidence)
    {
        public static RuleFacts Of(Rule rule) => new(
            Encoding.UTF8.GetString(rule.Message.Span),
            ThreatClassifier.Of(rule, null),
            RuleMetadata.Find(rule, "confidence")?.ToLowerInvariant() is "high" or "medium" or "low" ? RuleMetadata.Find(rule, "confidence")!.ToLowerInvariant() : "medium");
    }
}
