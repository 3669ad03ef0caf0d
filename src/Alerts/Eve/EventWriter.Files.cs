using Sensor.Decode;
using Sensor.Files;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Alerts.Eve;

public sealed partial class EventWriter
{
    // A file's record is written once, when the file has ended (or its flow has).
    private void WriteFileRecords(Flow flow, IAppProtocol protocol, Transaction transaction, TransactionFiles files, scoped ref PacketView packet, bool flowEnds)
    {
        for (int i = 0; i < files.Count; i++)
        {
            TrackedFile file = files[i];
            if (file.Logged || (file.State == FileState.Open && !flowEnds)) continue;
            file.Logged = true;
            if (_options.Files) WriteFileRecord(flow, protocol, transaction, file, ref packet);
        }
    }

    // Seen from the side that sent the file.
    private void WriteFileRecord(Flow flow, IAppProtocol protocol, Transaction transaction, TrackedFile file, scoped ref PacketView packet)
    {
        RecordSituation at = RecordSituation.Of(ref packet, flow, file.Direction);
        Begin(Names.FileInfo, at);
        protocol.WriteRecord(_json, transaction, flow);
        WriteAppProtocols(flow);
        FileRecord.Write(_json, file);
        EventHeader header = NewHeader(EventKind.File);
        header.TransactionId = transaction.Id;
        header.AppProtocol = protocol.Name;
        End(ref header, at);
    }

    private void WriteAlertFiles(TransactionFiles files, Direction direction)
    {
        TrackedFile named = files[0];
        _json.WriteStartArray(Names.Files);
        for (int i = 0; i < files.Count; i++)
        {
            _json.WriteStartObject();
            FileRecord.WriteFields(_json, files[i]);
            _json.WriteEndObject();
            if (files[i].Direction == direction) named = files[i];
        }

        _json.WriteEndArray();
        AddFileDetails(named);
    }

    // The alert's record names one file: the last one that travelled the way the match was made.
    private void AddFileDetails(TrackedFile file)
    {
        _details.Add(EventDetail.FileName, file.Name);
        _details.Add(EventDetail.FileType, file.Type);
        Span<byte> text = stackalloc byte[64];
        if (Convert.TryToHexStringLower(file.Sha256, text, out int digits)) _details.Add(EventDetail.FileSha256, text[..digits]);
        if (file.Size.TryFormat(text, out int written)) _details.Add(EventDetail.FileSize, text[..written]);
    }
}
