using Sensor.Control;

namespace Sensor.Daemon.Operations;

/// <summary>Reads rules and lists again and swaps them in.</summary>
internal sealed class ReloadOperation(SensorDaemon daemon) : IOperation
{
    public string Method => HttpMethods.Post;

    public string Path => ControlRoutes.Reload;

    public Access Access => Access.Change;

    public async Task<IResult> RunAsync(HttpContext request)
    {
        (bool swapped, string message) = await daemon.ReloadAsync();
        var reply = new ReloadReply(
            swapped,
            daemon.Knowledge.Rules.Loaded,
            daemon.Knowledge.Rules.Failed.Count,
            daemon.Knowledge.Lists.Count,
            message,
            [.. daemon.Knowledge.Rules.Failed.Select(error => new RuleFailure(error.File, error.Line, error.Sid, error.Keyword, error.Reason))]);
        return Results.Json(reply, ControlJson.Default.ReloadReply);
    }
}
