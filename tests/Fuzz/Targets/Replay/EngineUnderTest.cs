using System.Text.Json;
using Sensor.Alerts;
using Sensor.Alerts.Eve;
using Sensor.Capture;
using Sensor.Detection;
using Sensor.Detection.Inspect;
using Sensor.Engine;
using Sensor.Engine.Configuration;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Tests.Fuzz.Targets.Replay;

/// <summary>
/// The complete engine on one thread, from memory: capture file → pipe → worker → event queue → event pump. Only the
/// last consumer is the test's own: it checks that each event record is sound JSON.
/// </summary>
internal sealed class EngineUnderTest : IDisposable
{
    private const int BatchFrames = 256;

    private readonly FramePipe _pipe = new(1 << 20);
    private readonly EventQueue _queue = new(new EventQueueOptions { Bytes = 4 << 20 });
    private readonly EventWriter _writer;
    private readonly Worker _worker;
    private readonly EventPump _events;
    private readonly RecordCheck _check = new();
    private Exception? _eventFailure;
    private byte[] _frame = new byte[4096];

    public EngineUnderTest(Knowledge knowledge)
    {
        // Checksums are not looked at: else a changed byte ends at the door, and the rooms behind it see nothing.
        EngineOptions options = EngineOptions.From(new SensorConfiguration { ValidateChecksums = false });
        options = options with
        {
            Flows = options.Flows with { Seed = 1, MaximumFlows = 4096 },
            Events = options.Events with { PacketNumbers = true, Ethernet = true, Payload = true, PayloadPrintable = true, Packet = true },
        };
        _writer = new EventWriter(options.Events, _queue);
        _worker = new Worker(options, knowledge.Rules, knowledge.Lists, new DetectionTables(options.Detection), _writer);
        var builder = new AlertRecordBuilder(HomeNetworks.Default, new LossMeter(() => default, TimeProvider.System), TimeProvider.System, "");
        _events = new EventPump(_queue, builder, "", [_check], (_, defect) => _eventFailure ??= defect);
    }

    public long Records => _check.Records;

    /// <summary>Plays a file to its end, flows ended too; answers frames and captured bytes.</summary>
    /// <exception cref="CaptureException">The bytes are no capture: a proper answer.</exception>
    /// <exception cref="Exception">Anything else is a defect of the engine.</exception>
    public (long Frames, long Bytes) Play(ArraySegment<byte> file, string name, Damage? damage)
    {
        using CaptureFile source = CaptureFile.Open(new MemoryStream(file.Array!, file.Offset, file.Count, writable: false), name);
        long frames = 0, bytes = 0, before = _worker.Inspected + _worker.Undecodable;
        CaptureException? broken = null;
        try
        {
            while (source.Read(out RawPacket frame) == ReadStatus.Frame)
            {
                frames++;
                bytes += frame.Bytes.Length;
                Put(Damaged(frame, damage));
            }
        }
        catch (CaptureException problem)
        {
            broken = problem; // what was read before stands
        }

        Drain();
        _worker.Finish(FlowEndReason.Shutdown);
        HandleEvents();
        long handled = _worker.Inspected + _worker.Undecodable - before;
        if (handled != frames) throw new InvalidOperationException($"the ledger does not close: {frames} frames went in, {handled} were inspected or undecodable");
        if (_worker.ActiveFlows != 0) throw new InvalidOperationException($"{_worker.ActiveFlows} flows are left after the end");
        if (broken is not null) throw broken;
        return (frames, bytes);
    }

    public void Dispose()
    {
        _worker.Dispose();
        _writer.Dispose();
        _events.Dispose();
        _queue.Dispose();
        _pipe.Dispose();
    }

    private RawPacket Damaged(in RawPacket frame, Damage? damage)
    {
        if (damage is null) return frame;
        if (_frame.Length < frame.Bytes.Length) _frame = new byte[frame.Bytes.Length];
        frame.Bytes.CopyTo(_frame);
        Span<byte> copy = _frame.AsSpan(0, frame.Bytes.Length);
        damage.Apply(copy, frame);
        return new RawPacket(copy, frame.WireLength, frame.Time, frame.Link, frame.Number);
    }

    private void Put(in RawPacket frame)
    {
        if (_pipe.TryWrite(frame)) return;
        Drain();
        if (!_pipe.TryWrite(frame)) throw new InvalidOperationException($"a frame of {frame.Bytes.Length} bytes does not fit into an empty pipe");
    }

    private void Drain()
    {
        _pipe.Flush();
        while (_pipe.TryRead(BatchFrames, out PacketBatch batch))
        {
            _worker.Process(ref batch);
            _pipe.Advance(batch);
            HandleEvents();
        }
    }

    private void HandleEvents()
    {
        _events.DrainOnce();
        if (_eventFailure is not { } failure) return;
        _eventFailure = null;
        throw new InvalidOperationException("an event record cannot be used", failure);
    }

    private sealed class RecordCheck : IEventConsumer
    {
        public string Name => "check";

        public long Records { get; private set; }

        public void Consume(scoped in SensorEvent happened)
        {
            Records++;
            var json = new Utf8JsonReader(happened.Json);
            try
            {
                while (json.Read())
                {
                    // GetString decodes: it refuses what is not UTF-8 or a broken escape.
                    if (json.TokenType is JsonTokenType.String or JsonTokenType.PropertyName) _ = json.GetString();
                }
            }
            catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
            {
                throw new InvalidDataException($"not sound JSON: {wrong.Message}: {System.Text.Encoding.UTF8.GetString(happened.Json)[..Math.Min(600, happened.Json.Length / 4)]}", wrong);
            }
        }

        public void Flush()
        {
        }
    }
}
