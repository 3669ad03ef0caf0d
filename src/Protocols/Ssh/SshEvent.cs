namespace Sensor.Protocols.Ssh;

/// <summary>What can be wrong with an SSH conversation; rules name them <c>app-layer-event:ssh.…</c> with the words of <see cref="SshEvents.Names"/>.</summary>
public enum SshEvent : byte
{
    /// <summary>Not "SSH-version-software".</summary>
    InvalidBanner,
    /// <summary>Longer than the 255 bytes of RFC 4253 section 4.2.</summary>
    LongBanner,
    /// <summary>A packet whose length cannot be one.</summary>
    InvalidRecord,
    /// <summary>A key exchange message longer than is looked into.</summary>
    LongKexRecord,
}

public static class SshEvents
{
    /// <summary>Names in rules, at the index of the event's number.</summary>
    public static IReadOnlyList<string> Names { get; } = ["invalid_banner", "long_banner", "invalid_record", "long_kex_record"];
}
