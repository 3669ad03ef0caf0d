namespace Sensor.Capture;

/// <summary>A capture cannot be read or started; the message says what, where and what to do.</summary>
public sealed class CaptureException(string message, Exception? inner = null) : Exception(message, inner);
