using Microsoft.AspNetCore.Http;

namespace Sensor.Daemon.Operations;

/// <summary>Who may ask for an operation.</summary>
internal enum Access
{
    /// <summary>Everyone whom the socket's file permissions let in.</summary>
    Read,
    /// <summary>Root and the daemon's own account.</summary>
    Change,
}

/// <summary>One thing the control socket can be asked.</summary>
internal interface IOperation
{
    string Method { get; }

    string Path { get; }

    Access Access { get; }

    Task<IResult> RunAsync(HttpContext request);
}
