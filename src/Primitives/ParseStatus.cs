namespace Sensor.Primitives;

/// <summary>The only three answers a parser of wire bytes may give; it never throws and never answers null.</summary>
public enum ParseStatus : byte
{
    /// <summary>A whole item was recognised.</summary>
    Done,
    /// <summary>The bytes are a valid beginning; more are needed.</summary>
    NeedMore,
    /// <summary>The bytes can never become valid; a named event says why.</summary>
    Malformed,
}
