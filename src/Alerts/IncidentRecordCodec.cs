using System.Buffers;
using Sensor.Primitives;
using static Sensor.Alerts.RecordFields;

namespace Sensor.Alerts;

/// <summary>Incident records as bytes; layout in <see cref="RecordFields"/>. Tags are never used again.</summary>
public static class IncidentRecordCodec
{
    private static class Tag
    {
        public const byte Id = 1, Revision = 2, IsOpen = 3, Device = 4, FirstAlert = 5, LastAlert = 6, Severity = 7, Stages = 8, Classes = 9,
            AlertCount = 10, AlertIds = 11, FlowIds = 12, Remotes = 13, SummaryJa = 14, SummaryEn = 15, ToDoJa = 16, ToDoEn = 17;
    }

    public static byte[] Encode(IncidentRecord incident)
    {
        var to = new ArrayBufferWriter<byte>(512);
        to.Write([LayoutVersion]);
        Number(to, Tag.Id, incident.Id);
        Number(to, Tag.Revision, incident.Revision);
        Number(to, Tag.IsOpen, incident.IsOpen ? 1 : 0);
        Address(to, Tag.Device, incident.Device);
        Number(to, Tag.FirstAlert, incident.FirstAlert.Nanoseconds);
        Number(to, Tag.LastAlert, incident.LastAlert.Nanoseconds);
        Number(to, Tag.Severity, (long)incident.Severity);
        Text(to, Tag.Stages, string.Join(',', incident.Stages));
        Write(to, Tag.Classes, incident.Classes.Select(one => (byte)one).ToArray());
        Number(to, Tag.AlertCount, incident.AlertCount);
        Numbers(to, Tag.AlertIds, incident.AlertIds);
        Numbers(to, Tag.FlowIds, incident.FlowIds);
        byte[] remotes = new byte[16 * incident.Remotes.Count];
        for (int i = 0; i < incident.Remotes.Count; i++) incident.Remotes[i].WriteIpv6(remotes.AsSpan(16 * i));
        Write(to, Tag.Remotes, remotes);
        Text(to, Tag.SummaryJa, Tag.SummaryEn, incident.Summary);
        Text(to, Tag.ToDoJa, Tag.ToDoEn, incident.WhatToDo);
        return to.WrittenSpan.ToArray();
    }

    /// <summary>False when the bytes are not a record of this kind or of a version from the future.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out IncidentRecord incident)
    {
        incident = new IncidentRecord();
        if (bytes.IsEmpty || bytes[0] != LayoutVersion) return false;
        FieldValues fields = FieldValues.Read(bytes[1..]);
        var remotes = new List<IpAddress>();
        for (ReadOnlySpan<byte> rest = fields[Tag.Remotes]; rest.Length >= 16; rest = rest[16..]) remotes.Add(IpAddress.ReadIpv6(rest));
        string stages = fields.Text(Tag.Stages);
        incident = new IncidentRecord
        {
            Id = fields.Number(Tag.Id),
            Revision = (int)fields.Number(Tag.Revision),
            IsOpen = fields.Number(Tag.IsOpen) != 0,
            Device = fields.Address(Tag.Device),
            FirstAlert = new PacketTime(fields.Number(Tag.FirstAlert)),
            LastAlert = new PacketTime(fields.Number(Tag.LastAlert)),
            Severity = (Severity)Math.Clamp(fields.Number(Tag.Severity), (long)Severity.Info, (long)Severity.High),
            Stages = stages.Length == 0 ? [] : stages.Split(','),
            Classes = [.. fields[Tag.Classes].ToArray().Select(one => (ThreatClass)one)],
            AlertCount = fields.Number(Tag.AlertCount),
            AlertIds = Numbers(fields[Tag.AlertIds]),
            FlowIds = Numbers(fields[Tag.FlowIds]),
            Remotes = remotes,
            Summary = fields.Text(Tag.SummaryJa, Tag.SummaryEn),
            WhatToDo = fields.Text(Tag.ToDoJa, Tag.ToDoEn),
        };
        return true;
    }
}
