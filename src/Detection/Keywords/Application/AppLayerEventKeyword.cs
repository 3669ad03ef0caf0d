using Sensor.Decode;
using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Detection.Keywords.Application;

/// <summary><c>app-layer-event</c>: something odd about a transaction, or about protocol detection (user guide, "Generic App Layer Keywords").</summary>
internal static class AppLayerEventKeyword
{
    private static readonly Dictionary<string, AppLayerEvent> DetectionEvents = new()
    {
        ["applayer_mismatch_protocol_both_directions"] = AppLayerEvent.MismatchProtocolBothDirections,
        ["applayer_wrong_direction_first_data"] = AppLayerEvent.WrongDirectionFirstData,
        ["applayer_detect_protocol_only_one_direction"] = AppLayerEvent.DetectProtocolOnlyOneDirection,
        ["applayer_proto_detection_skipped"] = AppLayerEvent.ProtoDetectionSkipped,
        ["applayer_no_tls_after_starttls"] = AppLayerEvent.NoTlsAfterStartTls,
        ["applayer_unexpected_protocol"] = AppLayerEvent.UnexpectedProtocol,
    };

    public static Keyword Keyword { get; } = new("app-layer-event", ValueUse.Required, "something odd about a transaction: app-layer-event:http.invalid_response_field_folding;", Parse);

    private static void Parse(RuleBuilder rule, string value)
    {
        string name = value.Trim();
        if (DetectionEvents.TryGetValue(name, out AppLayerEvent happened))
        {
            rule.SessionEvent = (int)happened;
            rule.AddTest(new SessionTest((int)happened));
            return;
        }

        int dot = name.IndexOf('.', StringComparison.Ordinal);
        if (dot <= 0) throw new RuleException($"unknown event \"{name}\": write protocol.event, as in http.invalid_content_length");
        string prefix = name[..dot], word = name[(dot + 1)..];
        List<ProtocolStep> steps = Steps(rule, prefix, word);
        if (steps.Count > 0)
        {
            rule.Ask(steps);
            return;
        }

        IReadOnlyList<IAppProtocol> protocols = rule.Environment.Buffers.Protocols;
        ulong numbers = ProtocolWords.Numbers(prefix, protocols);
        if (numbers != 0)
        {
            IEnumerable<string> known = protocols.Where((_, number) => (numbers & (1UL << number)) != 0).SelectMany(protocol => protocol.Events);
            throw new RuleException($"unknown event \"{word}\" of {prefix}{DidYouMean.Hint(word, known)}");
        }

        if (!ProtocolWords.IsApplication(prefix, protocols)) throw new RuleException($"unknown protocol \"{prefix}\" in event \"{name}\"");

        // Known to the language, not yet read by this sensor: the rule waits for it.
        rule.RestrictProtocols(0);
    }

    private static List<ProtocolStep> Steps(RuleBuilder rule, string prefix, string word)
    {
        IReadOnlyList<IAppProtocol> protocols = rule.Environment.Buffers.Protocols;
        ulong numbers = ProtocolWords.Numbers(prefix, protocols);
        List<ProtocolStep> steps = [];
        for (int protocol = 0; protocol < protocols.Count; protocol++)
        {
            if ((numbers & (1UL << protocol)) == 0) continue;
            for (int number = 0; number < protocols[protocol].Events.Count; number++)
            {
                if (protocols[protocol].Events[number] != word) continue;
                steps.Add(new ProtocolStep(protocol, new EventStep { Side = Direction.ToServer, Progress = 0, Number = number }));
                steps.Add(new ProtocolStep(protocol, new EventStep { Side = Direction.ToClient, Progress = 0, Number = number }));
            }
        }

        return steps;
    }

    private sealed class SessionTest(int number) : PacketTest
    {
        public override int Cost => 0;

        public override bool Matches(InspectContext context, scoped ref PacketView packet) => context.Session is { } session && session.Events.Contains(number);
    }
}
