using Microsoft.AspNetCore.Connections.Features;
using Sensor.Control;
using Sensor.Daemon.Operations;

namespace Sensor.Daemon;

/// <summary>The control socket: HTTP/1.1 on a unix socket, each operation with its access beside its route.</summary>
internal static class ControlServer
{
    /// <summary>Puts the operations on their routes; refusals carry kind, message and remedy.</summary>
    public static void Map(WebApplication application, IEnumerable<IOperation> operations)
    {
        foreach (IOperation operation in operations)
        {
            application.MapMethods(operation.Path, [operation.Method], async (HttpContext request) => await (await RunAsync(operation, request)).ExecuteAsync(request));
        }

        application.MapFallback(async (HttpContext request) => await Refuse(StatusCodes.Status404NotFound, new ControlError(ErrorKind.NotFound, "cannot do that: no such operation", "do sensorctl and sensord have the same version?")).ExecuteAsync(request));
    }

    /// <summary>Lets the group in, and nobody else; called once the socket exists.</summary>
    public static void Protect(string socket)
    {
        const UnixFileMode OwnerAndGroup = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        File.SetUnixFileMode(socket, OwnerAndGroup);
    }

    private static async Task<IResult> RunAsync(IOperation operation, HttpContext request)
    {
        PeerCredentials? peer = PeerCredentials.Of(request.Features.Get<IConnectionSocketFeature>()?.Socket);
        if (operation.Access == Access.Change && !MayChange(peer))
        {
            return Refuse(StatusCodes.Status403Forbidden, new ControlError(ErrorKind.NotPermitted,
                "cannot change the sensor: only root and its own account may", "run it with sudo"));
        }

        try
        {
            return await operation.RunAsync(request);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            return Refuse(StatusCodes.Status500InternalServerError, new ControlError(ErrorKind.Failed, problem.Message, "see \"journalctl -u sensord -n 50\""));
        }
    }

    private static bool MayChange(PeerCredentials? peer) => peer is { } known && (known.UserId == 0 || known.UserId == NativeMethods.EffectiveUser());

    private static IResult Refuse(int status, ControlError error) => Results.Json(error, ControlJson.Default.ControlError, statusCode: status);
}
