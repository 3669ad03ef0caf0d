namespace Sensor.Primitives;

/// <summary>Which way bytes travel inside a flow; the server is the side that was contacted.</summary>
public enum Direction : byte
{
    ToServer,
    ToClient,
}

public static class DirectionExtensions
{
    public static Direction Opposite(this Direction direction) => direction == Direction.ToServer ? Direction.ToClient : Direction.ToServer;
}
