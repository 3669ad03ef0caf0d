namespace Sensor.Protocols.Dcerpc;

/// <summary>What can be wrong with remote calls; rules name them <c>app-layer-event:dcerpc.…</c>.</summary>
public enum DcerpcEvent : byte
{
    /// <summary>A length does not fit into its unit.</summary>
    MalformedData,
    /// <summary>Stub data beyond <see cref="DcerpcLimits.Stub"/> is not looked at.</summary>
    StubDataCut,
    /// <summary>More calls are open than <c>max-tx</c> or the worker's memory holds; the oldest is completed.</summary>
    TooManyTransactions,
    /// <summary>A gap was followed by something that is no unit; units are looked for again.</summary>
    UnitLost,
}

public static class DcerpcEvents
{
    /// <summary>Names in rules, at the index of the event's number.</summary>
    public static IReadOnlyList<string> Names { get; } = ["malformed_data", "stub_data_cut", "too_many_transactions", "unit_lost"];
}
