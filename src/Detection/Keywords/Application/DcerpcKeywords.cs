using System.Globalization;
using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Protocols.Dcerpc;

namespace Sensor.Detection.Keywords.Application;

/// <summary><c>dcerpc.iface</c> and <c>dcerpc.opnum</c> (user guide, "DCERPC Keywords"); asked of DCERPC and of SMB's named pipes.</summary>
internal static class DcerpcKeywords
{
    private static readonly string[] s_carriers = ["dcerpc", "smb"];

    public static IReadOnlyList<Keyword> Keywords { get; } =
    [
        new("dcerpc.iface", ValueUse.Required, "the interface that is called: dcerpc.iface:367abb81-9844-35f1-ad32-98f038001003,>1,any_frag;", ParseInterface) { Aliases = ["dce_iface"] },
        new("dcerpc.opnum", ValueUse.Required, "the operation that is called: dcerpc.opnum:15; or dcerpc.opnum:0-3,12;", ParseOperation) { Aliases = ["dce_opnum"] },
    ];

    private delegate bool ExchangeQuestion(DcerpcExchange exchange);

    private static void ParseInterface(RuleBuilder rule, string value)
    {
        string[] parts = value.Split(',', StringSplitOptions.TrimEntries);
        UInt128 id = ParseId(parts[0]);
        NumberRange? version = null;
        bool anyFragment = false;
        foreach (string part in parts.Skip(1))
        {
            if (part == "any_frag") anyFragment = true;
            else if (part.Length > 1 && part[0] is '<' or '>' or '=' or '!') version = NumberRange.Parse("dcerpc.iface", part, ushort.MaxValue);
            else throw new RuleException($"cannot read dcerpc.iface: \"{part}\" is neither a version such as >1 nor any_frag");
        }

        Ask(rule, exchange =>
        {
            if (exchange.RequestType != DcerpcType.Request || (!anyFragment && !exchange.BeganWithFirstFragment)) return false;
            foreach (ref readonly DcerpcInterface one in exchange.Interfaces)
            {
                if (one.Id == id && (!one.IsAnswered || one.Result == 0) && (version is not { } range || range.Contains(one.Major))) return true;
            }

            return false;
        });
    }

    private static void ParseOperation(RuleBuilder rule, string value)
    {
        NumberRange[] ranges = [.. value.Split(',', StringSplitOptions.TrimEntries).Select(part => NumberRange.Parse("dcerpc.opnum", part, ushort.MaxValue, inclusive: true))];
        Ask(rule, exchange =>
        {
            if (exchange.RequestType != DcerpcType.Request) return false;
            foreach (NumberRange range in ranges)
            {
                if (range.Contains(exchange.OperationNumber)) return true;
            }

            return false;
        });
    }

    /// <summary>Asked when the call is whole, of either side: the answer belongs to the same call.</summary>
    private static void Ask(RuleBuilder rule, ExchangeQuestion question)
    {
        bool Holds(Transaction transaction, Direction direction) => transaction is IDcerpcCarrier { Exchange: { } exchange } && question(exchange);
        List<ProtocolStep> steps = [];
        IReadOnlyList<IAppProtocol> protocols = rule.Environment.Buffers.Protocols;
        for (int number = 0; number < protocols.Count; number++)
        {
            if (!s_carriers.Contains(protocols[number].Name)) continue;
            int request = protocols[number].RequestComplete, response = protocols[number].ResponseComplete;
            steps.Add(new ProtocolStep(number, new QuestionStep { Side = Direction.ToServer, Progress = request, Final = request, Question = Holds }));
            steps.Add(new ProtocolStep(number, new QuestionStep { Side = Direction.ToClient, Progress = response, Final = response, Question = Holds }));
        }

        rule.Ask(steps);
    }

    private static UInt128 ParseId(string text)
    {
        if (!Guid.TryParseExact(text, "D", out _)) throw new RuleException($"cannot read dcerpc.iface \"{text}\": write an id such as 367abb81-9844-35f1-ad32-98f038001003");
        return UInt128.Parse(text.Replace("-", "", StringComparison.Ordinal), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
