using System.Buffers;
using Sensor.Primitives;
using static Sensor.Alerts.RecordFields;

namespace Sensor.Alerts;

/// <summary>Alert records as bytes, for the spool and the store; layout in <see cref="RecordFields"/>. Tags are never used again.</summary>
public static class AlertRecordCodec
{
    private static class Tag
    {
        public const byte Id = 1, Time = 2, Gid = 3, Sid = 4, Revision = 5, Signature = 6, Category = 7, ClassType = 8, Priority = 9, Action = 10,
            ThreatClass = 11, Severity = 12, Stage = 13, Confidence = 14, FlowId = 15, PacketNumber = 16, TransactionId = 17, CommunityId = 18,
            Interface = 19, Source = 20, SourcePort = 21, Destination = 22, DestinationPort = 23, IpProtocol = 24, Protocol = 25, AppProtocol = 26,
            Vlan = 27, SourceMac = 28, DestinationMac = 29, Device = 30, Remote = 31, HostName = 32, Url = 33, FileName = 34, List = 35,
            ListCategory = 36, ListEntry = 37, ListKind = 38, ClassNameJa = 39, ClassNameEn = 40, HappenedJa = 41, HappenedEn = 42, ToDoJa = 43,
            ToDoEn = 44, LostLastMinute = 45, LostSinceStart = 46, SeenSinceStart = 47, Raised = 48, HttpMethod = 49, UserAgent = 50, Ja3 = 51, Ja4 = 52,
            FileType = 53, FileSha256 = 54, FileSize = 55, References = 56;
    }

    public static void Encode(AlertRecord alert, IBufferWriter<byte> to)
    {
        to.Write([LayoutVersion]);
        Number(to, Tag.Id, alert.Id);
        Number(to, Tag.Time, alert.Time.Nanoseconds);
        Number(to, Tag.Gid, alert.Gid);
        Number(to, Tag.Sid, alert.Sid);
        Number(to, Tag.Revision, alert.Revision);
        Text(to, Tag.Signature, alert.Signature);
        Text(to, Tag.Category, alert.Category);
        Text(to, Tag.ClassType, alert.ClassType);
        Number(to, Tag.Priority, alert.Priority);
        Text(to, Tag.Action, alert.Action);
        Number(to, Tag.ThreatClass, (long)alert.ThreatClass);
        Number(to, Tag.Severity, (long)alert.Severity);
        Text(to, Tag.Stage, alert.Stage);
        Text(to, Tag.Confidence, alert.Confidence);
        Number(to, Tag.FlowId, alert.FlowId);
        Number(to, Tag.PacketNumber, alert.PacketNumber);
        Number(to, Tag.TransactionId, alert.TransactionId + 1);
        Text(to, Tag.CommunityId, alert.CommunityId);
        Text(to, Tag.Interface, alert.Interface);
        Address(to, Tag.Source, alert.Source);
        Number(to, Tag.SourcePort, alert.SourcePort);
        Address(to, Tag.Destination, alert.Destination);
        Number(to, Tag.DestinationPort, alert.DestinationPort);
        Number(to, Tag.IpProtocol, alert.IpProtocol);
        Text(to, Tag.Protocol, alert.Protocol);
        Text(to, Tag.AppProtocol, alert.AppProtocol);
        Number(to, Tag.Vlan, alert.Vlan);
        Number(to, Tag.SourceMac, (long)alert.SourceMac);
        Number(to, Tag.DestinationMac, (long)alert.DestinationMac);
        Address(to, Tag.Device, alert.Device);
        Address(to, Tag.Remote, alert.Remote);
        Text(to, Tag.HostName, alert.HostName);
        Text(to, Tag.Url, alert.Url);
        Text(to, Tag.FileName, alert.FileName);
        Text(to, Tag.HttpMethod, alert.HttpMethod);
        Text(to, Tag.UserAgent, alert.UserAgent);
        Text(to, Tag.Ja3, alert.Ja3);
        Text(to, Tag.Ja4, alert.Ja4);
        Text(to, Tag.FileType, alert.FileType);
        Text(to, Tag.FileSha256, alert.FileSha256);
        Number(to, Tag.FileSize, alert.FileSize);
        Text(to, Tag.References, string.Join('\n', alert.References));
        if (alert.Blacklist is { } listed)
        {
            Text(to, Tag.List, listed.List);
            Text(to, Tag.ListCategory, listed.Category);
            Text(to, Tag.ListEntry, listed.Entry);
            Text(to, Tag.ListKind, listed.Kind);
        }

        Text(to, Tag.ClassNameJa, Tag.ClassNameEn, alert.ClassName);
        Text(to, Tag.HappenedJa, Tag.HappenedEn, alert.WhatHappened);
        Text(to, Tag.ToDoJa, Tag.ToDoEn, alert.WhatToDo);
        Number(to, Tag.LostLastMinute, alert.Loss.LostLastMinute);
        Number(to, Tag.LostSinceStart, alert.Loss.LostSinceStart);
        Number(to, Tag.SeenSinceStart, alert.Loss.SeenSinceStart);
        Number(to, Tag.Raised, alert.Raised.Nanoseconds);
    }

    public static byte[] Encode(AlertRecord alert)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        Encode(alert, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>False when the bytes are not a record of this kind or of a version from the future.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out AlertRecord alert)
    {
        alert = new AlertRecord();
        if (bytes.IsEmpty || bytes[0] != LayoutVersion) return false;
        FieldValues fields = FieldValues.Read(bytes[1..]);
        string list = fields.Text(Tag.List);
        alert = new AlertRecord
        {
            Id = fields.Number(Tag.Id),
            Time = new PacketTime(fields.Number(Tag.Time)),
            Raised = new PacketTime(fields.Number(Tag.Raised)),
            Gid = fields.Number(Tag.Gid),
            Sid = fields.Number(Tag.Sid),
            Revision = (int)fields.Number(Tag.Revision),
            Signature = fields.Text(Tag.Signature),
            Category = fields.Text(Tag.Category),
            ClassType = fields.Text(Tag.ClassType),
            Priority = (int)fields.Number(Tag.Priority),
            Action = fields.Text(Tag.Action),
            ThreatClass = (ThreatClass)fields.Number(Tag.ThreatClass),
            Severity = (Severity)Math.Clamp(fields.Number(Tag.Severity), (long)Severity.Info, (long)Severity.High),
            Stage = fields.Text(Tag.Stage),
            Confidence = fields.Text(Tag.Confidence),
            FlowId = fields.Number(Tag.FlowId),
            PacketNumber = fields.Number(Tag.PacketNumber),
            TransactionId = fields.Number(Tag.TransactionId) - 1,
            CommunityId = fields.Text(Tag.CommunityId),
            Interface = fields.Text(Tag.Interface),
            Source = fields.Address(Tag.Source),
            SourcePort = (int)fields.Number(Tag.SourcePort),
            Destination = fields.Address(Tag.Destination),
            DestinationPort = (int)fields.Number(Tag.DestinationPort),
            IpProtocol = (byte)fields.Number(Tag.IpProtocol),
            Protocol = fields.Text(Tag.Protocol),
            AppProtocol = fields.Text(Tag.AppProtocol),
            Vlan = (int)fields.Number(Tag.Vlan),
            SourceMac = (ulong)fields.Number(Tag.SourceMac),
            DestinationMac = (ulong)fields.Number(Tag.DestinationMac),
            Device = fields.Address(Tag.Device),
            Remote = fields.Address(Tag.Remote),
            HostName = fields.Text(Tag.HostName),
            Url = fields.Text(Tag.Url),
            FileName = fields.Text(Tag.FileName),
            HttpMethod = fields.Text(Tag.HttpMethod),
            UserAgent = fields.Text(Tag.UserAgent),
            Ja3 = fields.Text(Tag.Ja3),
            Ja4 = fields.Text(Tag.Ja4),
            FileType = fields.Text(Tag.FileType),
            FileSha256 = fields.Text(Tag.FileSha256),
            FileSize = fields.Number(Tag.FileSize),
            References = fields.Text(Tag.References).Split('\n', StringSplitOptions.RemoveEmptyEntries),
            Blacklist = list.Length == 0 ? null : new BlacklistHit(list, fields.Text(Tag.ListCategory), fields.Text(Tag.ListEntry), fields.Text(Tag.ListKind)),
            ClassName = fields.Text(Tag.ClassNameJa, Tag.ClassNameEn),
            WhatHappened = fields.Text(Tag.HappenedJa, Tag.HappenedEn),
            WhatToDo = fields.Text(Tag.ToDoJa, Tag.ToDoEn),
            Loss = new LossStamp(fields.Number(Tag.LostLastMinute), fields.Number(Tag.LostSinceStart), fields.Number(Tag.SeenSinceStart)),
        };
        return true;
    }
}
