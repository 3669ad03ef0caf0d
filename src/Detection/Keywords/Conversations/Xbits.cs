using Sensor.Decode;
using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;
using Sensor.Primitives;

namespace Sensor.Detection.Keywords.Conversations;

/// <summary><c>xbits</c> and <c>hostbits</c>: marks on addresses and pairs of addresses (user guide, "Xbits Keyword").</summary>
internal static class Xbits
{
    /// <summary>How long a bit lives without <c>expire</c> (user guide: 30 seconds).</summary>
    private const uint DefaultExpire = 30;

    /// <summary>hostbits do not expire; a day stands for that in a bounded table.</summary>
    private const uint HostExpire = 86_400;

    private enum Track : byte { Source, Destination, Pair, Transaction }

    public static Keyword Keyword { get; } = new("xbits", ValueUse.Required, "marks on addresses: xbits:set,name,track ip_src,expire 60;", Parse);

    public static Keyword HostKeyword { get; } = new("hostbits", ValueUse.Required, "marks on one side's address: hostbits:set,name,src;", ParseHost);

    private static void Parse(RuleBuilder rule, string value)
    {
        string[] parts = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts is ["noalert"])
        {
            rule.IsSilent = true;
            return;
        }

        if (parts.Length < 3) throw new RuleException($"cannot read xbits \"{value}\": write xbits:set,name,track ip_src,expire 60;");
        Track? track = null;
        uint expire = DefaultExpire;
        foreach (string part in parts.Skip(2))
        {
            string[] words = part.Split(' ', 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (words is ["track", var who]) track = who switch { "ip_src" => Track.Source, "ip_dst" => Track.Destination, "ip_pair" => Track.Pair, "tx" => Track.Transaction, _ => throw new RuleException($"cannot read xbits: track \"{who}\" is unknown; write ip_src, ip_dst, ip_pair or tx") };
            else if (words is ["expire", var seconds]) expire = (uint)RuleNumber.Parse("xbits", seconds, 1, uint.MaxValue);
            else throw new RuleException($"cannot read xbits: \"{part}\" is unknown; write track and expire");
        }

        Add(rule, "xbits", parts[0], parts[1], track ?? throw new RuleException("cannot read xbits: track is missing"), expire);
    }

    private static void ParseHost(RuleBuilder rule, string value)
    {
        string[] parts = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts is ["noalert"])
        {
            rule.IsSilent = true;
            return;
        }

        if (parts.Length is < 2 or > 3) throw new RuleException($"cannot read hostbits \"{value}\": write hostbits:set,name,src;");
        Track track = parts.Length < 3 ? Track.Source : parts[2] switch { "src" => Track.Source, "dst" => Track.Destination, "both" => Track.Pair, _ => throw new RuleException($"cannot read hostbits: \"{parts[2]}\" is unknown; write src, dst or both") };
        Add(rule, "hostbits", parts[0], parts[1], track, HostExpire);
    }

    private static void Add(RuleBuilder rule, string keyword, string action, string name, Track track, uint expire)
    {
        ulong subject = ((ulong)track << 32) | (uint)NameTable.HostBits.Number(name);
        switch (action)
        {
            case "isset" or "isnotset":
                rule.AsksHostbit = true;
                rule.AddTest(new Test(subject, track, action == "isset"));
                break;
            case "set" or "unset" or "toggle":
                rule.SetsHostbit = true;
                rule.Effects.Add(new Effect(subject, track, action[0], expire));
                break;
            default:
                throw new RuleException($"cannot read {keyword}: \"{action}\" is unknown; write set, unset, toggle, isset or isnotset");
        }
    }

    private static TrackKey Key(ulong subject, Track track, InspectContext context) => track switch
    {
        Track.Source => new TrackKey(subject, context.Source, default),
        Track.Destination => new TrackKey(subject, context.Destination, default),
        Track.Pair => ThresholdRule.Pair(subject, context.Source, context.Destination),
        _ => new TrackKey(subject, new IpAddress(1, (ulong)(context.Flow?.Id ?? 0)), new IpAddress(1, (ulong)(context.Transaction?.Id ?? 0))),
    };

    private sealed class Test(ulong subject, Track track, bool wanted) : PacketTest
    {
        public override int Cost => 20;

        public override bool Matches(InspectContext context, scoped ref PacketView packet) =>
            context.Tables.Bits.TryFind(Key(subject, track, context), context.Now, out _) == wanted;
    }

    private sealed class Effect(ulong subject, Track track, char action, uint expire) : MatchEffect
    {
        private readonly record struct Change(char Action, long Now, long Expires);

        private static readonly TrackTable.Update<Change, bool> s_apply = static (ref TrackEntry entry, Change change) =>
        {
            bool isSet = entry.Expires > change.Now;
            bool set = change.Action == 's' || (change.Action == 't' && !isSet);
            entry.Expires = set ? change.Expires : 0;
            return set;
        };

        public override void Apply(InspectContext context)
        {
            long now = context.Now.Nanoseconds;
            context.Tables.Bits.Change(Key(subject, track, context), context.Now, new Change(action, now, now + (expire * PacketTime.NanosecondsPerSecond)), s_apply);
        }
    }
}
