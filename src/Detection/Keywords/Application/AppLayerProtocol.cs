using Sensor.Decode;
using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Detection.Keywords.Application;

/// <summary><c>app-layer-protocol</c>: which protocol was detected (user guide, "Generic App Layer Keywords").</summary>
internal static class AppLayerProtocol
{
    private enum Mode : byte { Direction, ToServer, ToClient, Either, Final, Original }

    private enum Special : byte { None, Failed, Unknown }

    public static Keyword Keyword { get; } = new("app-layer-protocol", ValueUse.Required, "which protocol was detected: app-layer-protocol:!tls; or app-layer-protocol:failed;", Parse);

    private static void Parse(RuleBuilder rule, string value)
    {
        string[] parts = value.Split(',', StringSplitOptions.TrimEntries);
        bool negated = parts[0].StartsWith('!');
        string name = negated ? parts[0][1..].Trim() : parts[0];
        Special special = name switch { "failed" => Special.Failed, "unknown" => Special.Unknown, _ => Special.None };
        if (special == Special.Unknown && negated) throw new RuleException("cannot negate unknown: write app-layer-protocol:unknown;");
        IReadOnlyList<IAppProtocol> protocols = rule.Environment.Buffers.Protocols;
        if (special == Special.None && !ProtocolWords.IsApplication(name, protocols)) throw new RuleException($"unknown protocol \"{name}\"");
        Mode mode = parts.Length < 2 ? Mode.Direction : parts[1] switch
        {
            "direction" => Mode.Direction,
            "to_server" or "toserver" => Mode.ToServer,
            "to_client" or "toclient" => Mode.ToClient,
            "either" => Mode.Either,
            "final" => Mode.Final,
            "original" => Mode.Original,
            _ => throw new RuleException($"cannot read app-layer-protocol: mode \"{parts[1]}\" is unknown; write direction, to_server, to_client, either, final or original"),
        };
        ulong numbers = ProtocolWords.Numbers(name, protocols);
        IAppProtocol[] wanted = [.. protocols.Where((_, number) => (numbers & (1UL << number)) != 0)];
        rule.AsksProtocolDetection = special != Special.Unknown;
        rule.AddTest(new Test(wanted, special, negated, mode));
    }

    private sealed class Test(IAppProtocol[] wanted, Special special, bool negated, Mode mode) : PacketTest
    {
        public override int Cost => 1;

        public override bool Matches(InspectContext context, scoped ref PacketView packet)
        {
            AppSession? session = context.Session;
            if (special == Special.Unknown) return session is null or { Protocol: null, DetectionFailed: false };
            if (session is null) return false;
            if (special == Special.Failed) return (session.DetectionFailed && session.Protocol is null) != negated;
            return mode switch
            {
                Mode.Direction => Answer(Side(session, context.Direction)),
                Mode.ToServer => Answer(Side(session, Direction.ToServer)),
                Mode.ToClient => Answer(Side(session, Direction.ToClient)),
                Mode.Either => Answer(Side(session, Direction.ToServer)) || Answer(Side(session, Direction.ToClient)),
                Mode.Original => Answer(session.Original ?? session.Protocol),
                _ => Answer(session.Protocol),
            };

            // A protocol not known yet is neither the wanted one nor another one.
            bool Answer(IAppProtocol? protocol) =>
                protocol is null ? negated && session.DetectionFailed : wanted.AsSpan().Contains(protocol) != negated;
        }

        private static IAppProtocol? Side(AppSession session, Direction direction) =>
            (direction == Direction.ToServer ? session.ProtocolToServer : session.ProtocolToClient) ?? session.Protocol;
    }
}
