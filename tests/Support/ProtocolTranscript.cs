using System.Text;
using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Xunit;

namespace Sensor.Tests.Support;

/// <summary>
/// A conversation as a list of what each side said, fed to one protocol's parser the way the engine does (bytes left
/// unconsumed are shown again with what follows), and its result as text: every transaction with its progress,
/// events, buffers and record, and every file.
/// <code>
/// new ProtocolTranscript(new SshProtocol()).Client("SSH-2.0-x\r\n").Server("SSH-2.0-y\r\n").AssertSameAtEverySplit();
/// </code>
/// </summary>
public sealed class ProtocolTranscript(IAppProtocol protocol, ProtocolOptions? options = null)
{
    private readonly record struct Step(Direction Direction, byte[] Bytes, long Gap, bool End);

    private readonly List<Step> _steps = [];
    private bool _endBothSides = true;

    public ProtocolTranscript Client(string text) => Client(Encoding.Latin1.GetBytes(text));

    public ProtocolTranscript Server(string text) => Server(Encoding.Latin1.GetBytes(text));

    public ProtocolTranscript Client(params byte[] bytes) => Add(new Step(Direction.ToServer, bytes, 0, false));

    public ProtocolTranscript Server(params byte[] bytes) => Add(new Step(Direction.ToClient, bytes, 0, false));

    public ProtocolTranscript ClientMisses(long length) => Add(new Step(Direction.ToServer, [], length, false));

    public ProtocolTranscript ServerMisses(long length) => Add(new Step(Direction.ToClient, [], length, false));

    public ProtocolTranscript ClientEnds() => Add(new Step(Direction.ToServer, [], 0, true));

    public ProtocolTranscript ServerEnds() => Add(new Step(Direction.ToClient, [], 0, true));

    /// <summary>The flow is still going on when the result is taken: no side is told that it ended.</summary>
    public ProtocolTranscript StaysOpen()
    {
        _endBothSides = false;
        return this;
    }

    /// <summary>The result when each step arrives in one piece.</summary>
    public string Describe() => Describe(Whole());

    /// <summary>
    /// Feeds the conversation whole, with each step cut in two at each byte, and everything one byte at a time; all
    /// have to give the same result. Returns it.
    /// </summary>
    public string AssertSameAtEverySplit()
    {
        string expected = Describe(Whole());
        for (int step = 0; step < _steps.Count; step++)
        {
            foreach (IReadOnlyList<byte[]> pieces in Splits.Of(_steps[step].Bytes).Skip(1))
            {
                string actual = Describe(Whole(step, pieces));
                if (actual != expected) Assert.Fail($"step {step} in {pieces.Count} pieces, the first of {pieces[0].Length} bytes, differs\n--- whole\n{expected}\n--- split\n{actual}");
            }
        }

        string singly = Describe(_steps.Select(step => (step, (IReadOnlyList<byte[]>)[.. step.Bytes.Select(one => new[] { one })])));
        Assert.Equal(expected, singly);
        return expected;
    }

    /// <summary>Feeds the conversation again and again and checks that, once warm, nothing is allocated.</summary>
    public void AssertAllocatesNothing(int warmUp = 50, int measured = 50)
    {
        AppParser parser = protocol.CreateParser(options ?? new ProtocolOptions());
        var flow = new Flow { Slot = 0 };
        Step[] steps = [.. _steps];
        for (int i = 0; i < warmUp; i++) Replay(parser, flow, steps);
        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            for (int i = 0; i < measured; i++) Replay(parser, flow, steps);
        }));
    }

    /// <summary>Feeds the conversation whole and hands the parser over before it is reset.</summary>
    public void Inspect(Action<AppParser, RecordingFileSink> look)
    {
        var files = new RecordingFileSink();
        AppParser parser = Feed(Whole(), new Flow { Slot = 0 }, files);
        look(parser, files);
        parser.Reset();
    }

    private ProtocolTranscript Add(Step step)
    {
        _steps.Add(step);
        return this;
    }

    private IEnumerable<(Step, IReadOnlyList<byte[]>)> Whole(int splitStep = -1, IReadOnlyList<byte[]>? pieces = null)
    {
        for (int i = 0; i < _steps.Count; i++) yield return (_steps[i], i == splitStep ? pieces! : [_steps[i].Bytes]);
    }

    private string Describe(IEnumerable<(Step, IReadOnlyList<byte[]>)> arrivals)
    {
        var flow = new Flow { Slot = 0 };
        var files = new RecordingFileSink();
        AppParser parser = Feed(arrivals, flow, files);
        var text = new StringBuilder();
        Append(text, "session", protocol, parser.Events);
        if (parser.IsEncrypted) text.AppendLine("encrypted");
        if (parser.HandOverTo is { } next) text.AppendLine("hands over to \"" + next + "\"");
        foreach (Transaction one in parser.Transactions) AppendTransaction(text, one, flow);
        foreach (RecordingFileSink.Recorded file in files.Files) text.AppendLine("file " + file);
        parser.Reset();
        Assert.Empty(parser.Transactions);
        return text.ToString();
    }

    private AppParser Feed(IEnumerable<(Step, IReadOnlyList<byte[]>)> arrivals, Flow flow, IFileSink files)
    {
        AppParser parser = protocol.CreateParser(options ?? new ProtocolOptions());
        var sides = new ParserFeeder(parser, flow, files);
        foreach ((Step step, IReadOnlyList<byte[]> pieces) in arrivals)
        {
            if (step.Gap > 0) sides.Miss(step.Direction, step.Gap);
            else if (step.End) sides.End(step.Direction);
            else foreach (byte[] piece in pieces) sides.Add(step.Direction, piece);
        }

        if (!_endBothSides) return parser;
        sides.End(Direction.ToServer);
        sides.End(Direction.ToClient);
        return parser;
    }

    private static void Replay(AppParser parser, Flow flow, Step[] steps)
    {
        foreach (Step step in steps)
        {
            var context = new ParseContext { Flow = flow, Direction = step.Direction, Time = default, Files = NoFiles.Instance };
            if (step.Gap > 0) parser.Gap(step.Gap, context);
            else if (step.End) parser.End(context);
            else parser.Parse(step.Bytes, context);
        }

        parser.Reset();
    }

    private void AppendTransaction(StringBuilder text, Transaction one, Flow flow)
    {
        text.AppendLine($"transaction {one.Id}: request {one.RequestProgress}, response {one.ResponseProgress}");
        Append(text, "  events", protocol, one.Events);
        foreach (BufferDefinition buffer in protocol.Buffers)
        {
            foreach (Direction direction in new[] { Direction.ToServer, Direction.ToClient })
            {
                if (buffer.Side is { } side && side != direction) continue;
                for (int index = 0; buffer.Read(one, direction, index, out BufferView view); index++)
                {
                    text.AppendLine($"  {buffer.Name} {direction} [{index}] @{view.Offset}{(view.IsFinal ? "" : " unfinished")}: {Printable(view.Bytes)}");
                    if (!buffer.IsMultiple) break;
                }
            }
        }

        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            protocol.WriteRecord(writer, one, flow);
            writer.WriteEndObject();
        }

        text.AppendLine("  " + Encoding.UTF8.GetString(stream.ToArray()));
    }

    private static void Append(StringBuilder text, string what, IAppProtocol protocol, EventSet events)
    {
        for (int number = events.Next(0); number >= 0; number = events.Next(number + 1)) text.AppendLine($"{what}: {protocol.Name}.{protocol.Events[number]}");
    }

    private static string Printable(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 4096) return $"{bytes.Length} bytes {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes))[..16]}";
        var text = new StringBuilder(bytes.Length);
        foreach (byte one in bytes)
        {
            if (one is >= 0x20 and < 0x7f and not (byte)'\\') text.Append((char)one);
            else if (one == '\r') text.Append("\\r");
            else if (one == '\n') text.Append("\\n");
            else text.Append("\\x").Append(one.ToString("x2"));
        }

        return text.ToString();
    }
}
