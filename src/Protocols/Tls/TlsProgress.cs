namespace Sensor.Protocols.Tls;

/// <summary>How far a side has come; names are those of rule hooks (<c>tls:client_hello_done</c>, user guide "Rule hooks").</summary>
public static class TlsProgress
{
    public const int ClientInProgress = 0, ClientHello = 1, ClientCertificate = 2, ClientHandshake = 3, ClientFinished = 4;

    public const int ServerInProgress = 0, ServerHello = 1, ServerCertificate = 2, ServerHelloDone = 3, ServerHandshake = 4, ServerFinished = 5;

    public static IReadOnlyList<string> ClientNames { get; } =
        ["client_in_progress", "client_hello_done", "client_cert_done", "client_handshake_done", "client_finished"];

    public static IReadOnlyList<string> ServerNames { get; } =
        ["server_in_progress", "server_hello", "server_cert_done", "server_hello_done", "server_handshake_done", "server_finished"];
}
