using Sensor.Alerts;
using Sensor.Primitives;
using Sensor.Wire;
using LocalizedText = Sensor.Wire.LocalizedText;

namespace Sensor.Cloud;

/// <summary>
/// Records of the spool in the wire's words, field by named field: what is not named here does not leave the box. Texts
/// are cut, since most of them were chosen by whoever sent the traffic.
/// </summary>
public static class AlertMapping
{
    /// <summary>Characters of one text; a URL or message beyond that tells nobody more.</summary>
    public const int MaximumText = 2048;

    /// <summary>Entries of one list in an incident.</summary>
    public const int MaximumEntries = 256;

    public static Alert ToWire(AlertRecord alert, long sequence)
    {
        Alert wire = new()
        {
            Sequence = (ulong)sequence,
            RecordId = (ulong)alert.Id,
            PacketTimeNs = alert.Time.Nanoseconds,
            DetectedTimeNs = alert.Raised.Nanoseconds,
            Gid = (ulong)alert.Gid,
            Sid = (ulong)alert.Sid,
            Rev = (uint)alert.Revision,
            Signature = Cut(alert.Signature),
            Category = Cut(alert.Category),
            ClassType = Cut(alert.ClassType),
            Priority = (uint)alert.Priority,
            Action = Cut(alert.Action),
            ThreatClass = ThreatClasses.Slug(alert.ThreatClass),
            ClassName = Text(alert.ClassName),
            Severity = (Wire.Severity)alert.Severity,
            Confidence = Cut(alert.Confidence),
            Stage = Cut(alert.Stage),
            Source = Side(alert.Source, alert.SourcePort, alert.SourceMac),
            Destination = Side(alert.Destination, alert.DestinationPort, alert.DestinationMac),
            Device = Address(alert.Device),
            Remote = Address(alert.Remote),
            Protocol = Cut(alert.Protocol),
            AppProtocol = Cut(alert.AppProtocol),
            Vlan = (uint)alert.Vlan,
            Interface = Cut(alert.Interface),
            FlowId = (ulong)alert.FlowId,
            CommunityId = Cut(alert.CommunityId),
            PacketNumber = (ulong)alert.PacketNumber,
            Host = Cut(alert.HostName),
            Url = Cut(alert.Url),
            HttpMethod = Cut(alert.HttpMethod),
            UserAgent = Cut(alert.UserAgent),
            Ja3 = Cut(alert.Ja3),
            Ja4 = Cut(alert.Ja4),
            FileName = Cut(alert.FileName),
            FileType = Cut(alert.FileType),
            FileSha256 = Cut(alert.FileSha256),
            FileSize = (ulong)Math.Max(0, alert.FileSize),
            WhatHappened = Text(alert.WhatHappened),
            WhatToDo = Text(alert.WhatToDo),
            Loss = new Wire.LossStamp
            {
                LostLastMinute = (ulong)alert.Loss.LostLastMinute,
                LostSinceStart = (ulong)alert.Loss.LostSinceStart,
                SeenSinceStart = (ulong)alert.Loss.SeenSinceStart,
            },
        };
        wire.References.AddRange(alert.References.Take(MaximumEntries).Select(Cut));
        if (alert.Blacklist is { } hit) wire.List = new ListHit { List = Cut(hit.List), Category = Cut(hit.Category), Entry = Cut(hit.Entry), Kind = Cut(hit.Kind) };
        return wire;
    }

    public static Incident ToWire(IncidentRecord incident)
    {
        Incident wire = new()
        {
            IncidentId = (ulong)incident.Id,
            Revision = (ulong)incident.Revision,
            Open = incident.IsOpen,
            Severity = (Wire.Severity)incident.Severity,
            FirstTimeNs = incident.FirstAlert.Nanoseconds,
            LastTimeNs = incident.LastAlert.Nanoseconds,
            Device = Address(incident.Device),
            AlertCount = (ulong)incident.AlertCount,
            Summary = Text(incident.Summary),
            WhatToDo = Text(incident.WhatToDo),
        };
        wire.Stages.AddRange(incident.Stages.Take(MaximumEntries).Select(Cut));
        wire.ThreatClasses.AddRange(incident.Classes.Take(MaximumEntries).Select(ThreatClasses.Slug));
        wire.RecordIds.AddRange(incident.AlertIds.Take(MaximumEntries).Select(id => (ulong)id));
        wire.FlowIds.AddRange(incident.FlowIds.Take(MaximumEntries).Select(id => (ulong)id));
        wire.Remotes.AddRange(incident.Remotes.Take(MaximumEntries).Select(Address));
        return wire;
    }

    private static Endpoint Side(IpAddress address, int port, ulong mac) => new() { Ip = Address(address), Port = (uint)port, Mac = Mac(mac) };

    /// <summary>Empty for the address that stands for "none".</summary>
    private static string Address(IpAddress address) => address == default ? "" : address.ToString();

    private static string Mac(ulong mac) => mac == 0
        ? ""
        : string.Join(':', Enumerable.Range(0, 6).Select(index => ((byte)(mac >> (40 - (8 * index)))).ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));

    private static LocalizedText Text(Alerts.LocalizedText text) => new() { Ja = Cut(text.Japanese), En = Cut(text.English) };

    /// <summary>Cuts between characters, not within a surrogate pair.</summary>
    private static string Cut(string text) =>
        text.Length <= MaximumText ? text
        : char.IsHighSurrogate(text[MaximumText - 1]) ? text[..(MaximumText - 1)]
        : text[..MaximumText];
}
