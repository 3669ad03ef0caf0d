namespace Sensor.Engine.Configuration;

/// <summary>A configuration that cannot be used. The message names file, line and column, and what to write instead.</summary>
public sealed class ConfigurationException(string message) : Exception(message);
