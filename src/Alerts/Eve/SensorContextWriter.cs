using System.Text.Encodings.Web;
using System.Text.Json;
using Sensor.Alerts.Explanations;
using Sensor.Primitives;

namespace Sensor.Alerts.Eve;

/// <summary>
/// The sensor's own object in alert records, <c>alert.context.sensor</c>: the one place where EVE's closed schema lets a
/// vendor speak. Made on the event thread, because its texts need the whole record.
/// </summary>
internal sealed class SensorContextWriter : IDisposable
{
    private const int PlaceholderBytes = 4; // null

    private readonly string _sensorId;
    private readonly EventBuffer _buffer = new();
    private readonly Utf8JsonWriter _json;
    private byte[] _whole = new byte[16 * 1024];

    public SensorContextWriter(string sensorId)
    {
        _sensorId = sensorId;
        _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <summary>The record with the object in its place; valid until the next call.</summary>
    public ReadOnlySpan<byte> Insert(ReadOnlySpan<byte> json, int at, AlertRecord alert)
    {
        _buffer.Clear();
        _json.Reset();
        Write(alert);
        _json.Flush();
        int length = json.Length - PlaceholderBytes + _buffer.Length;
        if (_whole.Length < length) _whole = new byte[length * 2];
        json[..at].CopyTo(_whole);
        _buffer.Written.CopyTo(_whole.AsSpan(at));
        json[(at + PlaceholderBytes)..].CopyTo(_whole.AsSpan(at + _buffer.Length));
        return _whole.AsSpan(0, length);
    }

    public void Dispose() => _json.Dispose();

    private void Write(AlertRecord alert)
    {
        _json.WriteStartObject();
        if (_sensorId.Length > 0) _json.WriteString("sensor_id"u8, _sensorId);
        _json.WriteNumber("alert_id"u8, alert.Id);
        _json.WriteString("threat_class"u8, ThreatClasses.Slug(alert.ThreatClass));
        _json.WriteNumber("threat_class_id"u8, (int)alert.ThreatClass);
        WriteText("threat_class_name"u8, alert.ClassName);
        _json.WriteString("severity_label"u8, SeverityPolicy.Label(alert.Severity));
        _json.WriteString("stage"u8, alert.Stage);
        _json.WriteString("confidence"u8, alert.Confidence);
        WriteText("what_happened"u8, alert.WhatHappened);
        WriteText("what_to_do"u8, alert.WhatToDo);
        if (alert.Blacklist is { } listed)
        {
            _json.WriteStartObject("blacklist"u8);
            _json.WriteString("list"u8, listed.List);
            _json.WriteString("category"u8, listed.Category);
            _json.WriteString("entry"u8, listed.Entry);
            _json.WriteString("kind"u8, listed.Kind);
            _json.WriteEndObject();
        }

        _json.WriteStartObject("loss"u8);
        _json.WriteNumber("last_minute"u8, alert.Loss.LostLastMinute);
        _json.WriteNumber("since_start"u8, alert.Loss.LostSinceStart);
        _json.WriteNumber("seen_since_start"u8, alert.Loss.SeenSinceStart);
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    private void WriteText(ReadOnlySpan<byte> name, LocalizedText text)
    {
        _json.WriteStartObject(name);
        _json.WriteString("ja"u8, text.Japanese);
        _json.WriteString("en"u8, text.English);
        _json.WriteEndObject();
    }
}
