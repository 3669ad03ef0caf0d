namespace Sensor.Protocols.Krb5;

/// <summary>What can be wrong with Kerberos; rules name them <c>app-layer-event:krb5.…</c>.</summary>
public enum Krb5Event : byte
{
    /// <summary>A message cannot be read as its kind demands.</summary>
    MalformedData,
    /// <summary>A reply is encrypted in a way that can be broken. Of the ticket in it, krb5.ticket_encryption tells.</summary>
    WeakEncryption,
    /// <summary>More messages wait for inspection than <c>max-tx</c> or the worker holds, or one is longer than <see cref="Krb5Limits.Message"/>.</summary>
    LimitReached,
}

public static class Krb5Events
{
    /// <summary>Names in rules, at the index of the event's number.</summary>
    public static IReadOnlyList<string> Names { get; } = ["malformed_data", "weak_encryption", "limit_reached"];
}

/// <summary>How much is kept and looked at.</summary>
public static class Krb5Limits
{
    /// <summary>Bytes of one message over TCP; tickets with large authorisation data stay below. Longer ones are passed over, with an event.</summary>
    public const int Message = 256 * 1024;

    /// <summary>Bytes of names of one message, and their parts.</summary>
    public const int Text = 16 * 1024, Parts = 64;

    /// <summary>Messages of one worker that wait for inspection.</summary>
    public const int Messages = 65_536;

    /// <summary>Bytes of names of one worker.</summary>
    public const long Memory = 32L * 1024 * 1024;
}
