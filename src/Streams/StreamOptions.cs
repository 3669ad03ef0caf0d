using System.Globalization;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Streams;

/// <summary>What becomes of bytes that TCP calls urgent (stream.reassembly.urgent.policy; RFC 6093 section 3).</summary>
public enum UrgentPolicy : byte
{
    /// <summary>The urgent byte is out of band: taken out of the stream, as hosts without SO_OOBINLINE do.</summary>
    OutOfBand,
    /// <summary>The urgent byte is a byte like any other.</summary>
    Inline,
    /// <summary>The packet is not accepted.</summary>
    Drop,
    /// <summary>The packet is accepted, its bytes are a gap.</summary>
    Gap,
}

/// <summary>Limits of TCP tracking. Defaults are Suricata's (suricata.yaml, stream).</summary>
public sealed record StreamOptions
{
    /// <summary>Bytes of each half that are put in order; later bytes are counted only. 0 means no limit (stream.reassembly.depth: 1mb).</summary>
    public long ReassemblyDepth { get; init; } = 1024 * 1024;

    /// <summary>Bytes all sessions of one worker may hold (stream.reassembly.memcap: 256mb). When refused: the segment is not kept and becomes a gap.</summary>
    public long MemoryLimit { get; init; } = 256L * 1024 * 1024;

    /// <summary>Sessions picked up without their handshake are inspected (stream.midstream: false).</summary>
    public bool Midstream { get; init; }

    /// <summary>What happens to a flow whose beginning was not seen (stream.midstream-policy).</summary>
    public ExceptionPolicy MidstreamPolicy { get; init; } = ExceptionPolicy.Ignore;

    /// <summary>One-sided sessions are inspected (stream.async-oneside: false).</summary>
    public bool AsyncOneSide { get; init; }

    /// <summary>Bytes count as readable as soon as they arrive in order, not when acknowledged (stream.inline).</summary>
    public bool Inline { get; init; }

    /// <summary>The box stands in the traffic: a policy that drops flows can act (else the reference engine ignores it).</summary>
    public bool Bridge { get; init; }

    /// <summary>Sessions one worker may hold. When full: the packet is not tracked, counted.</summary>
    public int MaximumSessions { get; init; } = 262_144;

    /// <summary>Sessions made at start, with the lists and byte blocks that as many need (see <see cref="StreamMemory"/>); more are made as they are needed.</summary>
    public int InitialSessions { get; init; } = 64;

    /// <summary>Packets with a wrong checksum do not count: the host will not take them (stream.checksum-validation: yes).</summary>
    public bool ChecksumValidation { get; init; } = true;

    /// <summary>Out-of-order segments and unread pieces kept per half. When full: the segment is not kept and becomes a gap.</summary>
    public int MaximumSegments { get; init; } = 4096;

    /// <summary>Different SYNs kept until a SYN/ACK chooses (stream.max-syn-queued: 10), and different SYN/ACKs until an ACK does (stream.max-synack-queued: 5).</summary>
    public int MaximumSynQueued { get; init; } = 10;

    public int MaximumSynAckQueued { get; init; } = 5;

    public UrgentPolicy UrgentPolicy { get; init; } = UrgentPolicy.OutOfBand;

    /// <summary>Bytes taken out of one half as urgent; after that <see cref="UrgentLimitPolicy"/> holds (stream.reassembly.urgent.oob-limit: 64).</summary>
    public int UrgentLimit { get; init; } = 64;

    /// <summary>What happens to urgent packets past the limit (stream.reassembly.urgent.oob-limit-policy: drop).</summary>
    public UrgentPolicy UrgentLimitPolicy { get; init; } = UrgentPolicy.Drop;

    /// <summary>A flow whose both halves reached the depth is bypassed (stream.bypass: no).</summary>
    public bool Bypass { get; init; }

    /// <summary>Overlap policy of hosts without a range of their own.</summary>
    public HostPolicy DefaultHostPolicy { get; init; } = HostPolicy.Bsd;

    /// <summary>Overlap policies by address; the longest prefix counts.</summary>
    public IReadOnlyList<HostPolicyRange> HostPolicies { get; init; } = [];

    /// <summary>The policy of the host that receives.</summary>
    public HostPolicy HostPolicyOf(IpAddress receiver)
    {
        HostPolicy policy = DefaultHostPolicy;
        int longest = -1;
        for (int i = 0; i < HostPolicies.Count; i++)
        {
            if (HostPolicies[i].PrefixLength <= longest || !HostPolicies[i].Contains(receiver)) continue;
            policy = HostPolicies[i].Policy;
            longest = HostPolicies[i].PrefixLength;
        }

        return policy;
    }

    /// <summary>
    /// The options that Suricata's dotted keys describe (<c>stream.midstream</c>, <c>host-os-policy.linux.0</c>...). Keys
    /// of other rooms are passed over; a value that cannot be read keeps the default.
    /// </summary>
    /// <param name="settings">Dotted keys with their values as text.</param>
    /// <param name="bridge">The box stands in the traffic: <c>stream.inline: auto</c> and <c>exception-policy: auto</c> depend on it.</param>
    public static StreamOptions FromSettings(IReadOnlyDictionary<string, string> settings, bool bridge = false)
    {
        var read = new SettingsReader(settings);
        StreamOptions defaults = new();
        bool midstream = read.Flag("stream.midstream", defaults.Midstream);
        return defaults with
        {
            ReassemblyDepth = read.Size("stream.reassembly.depth", defaults.ReassemblyDepth),
            MemoryLimit = read.Size("stream.reassembly.memcap", defaults.MemoryLimit),
            Midstream = midstream,
            MidstreamPolicy = MidstreamPolicyOf(read, bridge, midstream),
            AsyncOneSide = read.Flag("stream.async-oneside", defaults.AsyncOneSide),
            Inline = read.Flag("stream.inline", bridge),
            Bridge = bridge,
            ChecksumValidation = read.Flag("stream.checksum-validation", defaults.ChecksumValidation),
            MaximumSynQueued = (int)read.Size("stream.max-syn-queued", defaults.MaximumSynQueued),
            MaximumSynAckQueued = (int)read.Size("stream.max-synack-queued", defaults.MaximumSynAckQueued),
            UrgentPolicy = Urgent(read.Text("stream.reassembly.urgent.policy"), defaults.UrgentPolicy),
            UrgentLimit = (int)Math.Min(read.Size("stream.reassembly.urgent.oob-limit", defaults.UrgentLimit), 1024),
            UrgentLimitPolicy = Urgent(read.Text("stream.reassembly.urgent.oob-limit-policy"), defaults.UrgentLimitPolicy),
            Bypass = read.Flag("stream.bypass", defaults.Bypass),
            HostPolicies = read.HostPolicies(),
        };
    }

    /// <summary>The flow's own key first, then the master switch; by itself a bridge drops what it cannot follow, unless told to pick it up.</summary>
    private static ExceptionPolicy MidstreamPolicyOf(SettingsReader read, bool bridge, bool midstream)
    {
        if (ExceptionPolicyNames.TryParse(read.Text("stream.midstream-policy"), bridge && !midstream, out ExceptionPolicy policy)) return policy;
        if (ExceptionPolicyNames.TryParse(read.Text("exception-policy"), bridge && !midstream, out policy))
        {
            // With pickup on, only these two of the master switch's values make sense for a midstream flow.
            return midstream && policy is not (ExceptionPolicy.Ignore or ExceptionPolicy.PassFlow) ? ExceptionPolicy.Ignore : policy;
        }

        return bridge && !midstream ? ExceptionPolicy.DropFlow : ExceptionPolicy.Ignore;
    }

    private static UrgentPolicy Urgent(string text, UrgentPolicy otherwise) => text.ToLowerInvariant() switch
    {
        "oob" => UrgentPolicy.OutOfBand,
        "inline" => UrgentPolicy.Inline,
        "drop" => UrgentPolicy.Drop,
        "gap" => UrgentPolicy.Gap,
        _ => otherwise,
    };
}

/// <summary>Reads values as Suricata's configuration writes them: yes/no, sizes with kb/mb/gb, lists as key.0, key.1.</summary>
internal readonly struct SettingsReader(IReadOnlyDictionary<string, string> settings)
{
    private const string HostPolicyPrefix = "host-os-policy.";

    public string Text(string key) => settings.TryGetValue(key, out string? text) ? text.Trim() : "";

    public bool Flag(string key, bool otherwise) => Text(key).ToLowerInvariant() switch
    {
        "true" or "yes" or "on" or "1" => true,
        "false" or "no" or "off" or "0" => false,
        _ => otherwise,
    };

    public long Size(string key, long otherwise)
    {
        string text = Text(key).ToLowerInvariant().Replace(" ", "", StringComparison.Ordinal);
        int shift = text.EndsWith("kb", StringComparison.Ordinal) ? 10 : text.EndsWith("mb", StringComparison.Ordinal) ? 20 : text.EndsWith("gb", StringComparison.Ordinal) ? 30 : 0;
        string digits = shift > 0 ? text[..^2] : text;
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? (long)number << shift : otherwise;
    }

    /// <summary><c>host-os-policy.NAME.N: address[/prefix]</c>.</summary>
    public HostPolicyRange[] HostPolicies()
    {
        var ranges = new List<HostPolicyRange>();
        foreach ((string key, string value) in settings)
        {
            if (!key.StartsWith(HostPolicyPrefix, StringComparison.Ordinal)) continue;
            string name = key[HostPolicyPrefix.Length..].Split('.')[0];
            string[] parts = value.Trim().Split('/');
            if (!Streams.HostPolicies.TryParse(name, out HostPolicy policy) || !IpAddress.TryParse(parts[0], out IpAddress address)) continue;
            int length = parts.Length > 1 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : address.IsIpv4 ? 32 : 128;
            if (address.IsIpv4) length += 96;
            ranges.Add(new HostPolicyRange(address.Prefix(length), length, policy));
        }

        return [.. ranges];
    }
}
