namespace Sensor.Streams;

/// <summary>What tracking decided about one packet.</summary>
[Flags]
public enum StreamVerdict : byte
{
    None = 0,
    /// <summary>The packet belongs to an accepted session.</summary>
    Accepted = 1,
    /// <summary>Its payload went into the stream, so stream inspection sees it and packet inspection need not.</summary>
    PayloadInStream = 2,
    /// <summary>New in-order bytes became readable in the to-server half (acknowledged, or the session ended).</summary>
    NewToServer = 4,
    /// <summary>The same for the to-client half.</summary>
    NewToClient = 8,
    /// <summary>The session reached its end with this packet.</summary>
    Ended = 16,
}
