namespace Sensor.Control;

/// <summary>Paths of the control socket. HTTP/1.1 over a unix socket, JSON both ways; the version stands in the path.</summary>
public static class ControlRoutes
{
    public const string Status = "/v1/status";
    public const string Alerts = "/v1/alerts";
    public const string Incidents = "/v1/incidents";
    public const string Reload = "/v1/rules/reload";
    public const string Rules = "/v1/rules";

    /// <summary>Where the daemon listens unless its configuration says otherwise.</summary>
    public const string DefaultSocket = "/run/sensord/control.sock";
}
