using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sensor.Control;

/// <summary>Talks to a running daemon over its unix socket. Every failure becomes a <see cref="ControlException"/> with an exit code and a remedy.</summary>
public sealed class ControlClient : IDisposable
{
    private readonly string _socket;
    private readonly HttpClient _http;

    /// <param name="socket">Path of the unix socket.</param>
    /// <param name="deadline">How long one request may take.</param>
    public ControlClient(string socket, TimeSpan? deadline = null)
    {
        _socket = socket;
        var handler = new SocketsHttpHandler { ConnectCallback = async (_, cancel) => await ConnectAsync(socket, cancel) };
        _http = new HttpClient(handler) { BaseAddress = new Uri("http://sensord"), Timeout = deadline ?? TimeSpan.FromSeconds(30) };
    }

    public Task<StatusReply> StatusAsync(string language, CancellationToken cancel) => GetAsync($"{ControlRoutes.Status}?lang={language}", ControlJson.Default.StatusReply, cancel);

    public Task<AlertsReply> AlertsAsync(int limit, string? severity, string? threatClass, string language, CancellationToken cancel)
    {
        string query = $"?limit={limit}&lang={language}";
        if (severity is not null) query += $"&severity={Uri.EscapeDataString(severity)}";
        if (threatClass is not null) query += $"&class={Uri.EscapeDataString(threatClass)}";
        return GetAsync(ControlRoutes.Alerts + query, ControlJson.Default.AlertsReply, cancel);
    }

    public Task<IncidentsReply> IncidentsAsync(int limit, string language, CancellationToken cancel) =>
        GetAsync($"{ControlRoutes.Incidents}?limit={limit}&lang={language}", ControlJson.Default.IncidentsReply, cancel);

    public async Task<ReloadReply> ReloadAsync(CancellationToken cancel)
    {
        using HttpResponseMessage response = await SendAsync(new HttpRequestMessage(HttpMethod.Post, ControlRoutes.Reload), cancel);
        return await ReadAsync(response, ControlJson.Default.ReloadReply, cancel);
    }

    public void Dispose() => _http.Dispose();

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        using HttpResponseMessage response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancel);
        return await ReadAsync(response, type, cancel);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        try
        {
            return await _http.SendAsync(request, cancel);
        }
        catch (HttpRequestException problem) when (problem.InnerException is SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            throw new ControlException(ExitCode.NotPermitted, new ControlError(ErrorKind.NotPermitted,
                $"cannot reach sensord: {_socket}: permission denied", "run it as root, or add your account to the group \"sensor\" and log in again"));
        }
        catch (Exception problem) when (problem is HttpRequestException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            string why = problem is OperationCanceledException ? "no answer in time" : File.Exists(_socket) ? "nobody listens on it" : "no such socket";
            throw new ControlException(ExitCode.Unreachable, new ControlError(ErrorKind.Failed,
                $"cannot reach sensord: {_socket}: {why}", "is it running? try \"systemctl status sensord\", then \"journalctl -u sensord -n 50\"; for a socket elsewhere give --socket PATH"));
        }
        finally
        {
            request.Dispose();
        }
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        try
        {
            if (response.IsSuccessStatusCode && await response.Content.ReadFromJsonAsync(type, cancel) is { } reply) return reply;
            ControlError? error = await response.Content.ReadFromJsonAsync(ControlJson.Default.ControlError, cancel);
            if (error is not null)
            {
                int exit = response.StatusCode == HttpStatusCode.Forbidden ? ExitCode.NotPermitted : ExitCode.Unhealthy;
                throw new ControlException(exit, error);
            }
        }
        catch (JsonException)
        {
            // Falls through to the line below: whoever answered is not a sensord of this generation.
        }

        throw new ControlException(ExitCode.Unreachable, new ControlError(ErrorKind.Failed,
            $"cannot understand the answer of sensord (HTTP {(int)response.StatusCode})", "do sensorctl and sensord have the same version? compare \"sensorctl --version\" with the package installed"));
    }

    private static async Task<Stream> ConnectAsync(string path, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
