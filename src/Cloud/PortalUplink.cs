using Sensor.Wire;

namespace Sensor.Cloud;

/// <summary>How the box reaches its portal.</summary>
public sealed record PortalUplinkOptions
{
    /// <summary><c>https://host:port</c>; <c>http://</c> only to loopback.</summary>
    public required Uri Address { get; init; }
    /// <summary>Folder for the identity and the quarantine.</summary>
    public required string StateFolder { get; init; }
    /// <summary>The delivery's enrolment token; empty when the box is enrolled already.</summary>
    public string EnrolmentToken { get; init; } = "";
    public string Name { get; init; } = "";
    public string Version { get; init; } = "";
    public GrpcChannelOptions Channel { get; init; } = new();
    public Delays Delays { get; init; } = Delays.System;
}

/// <summary>The box's side of the uplink as one thing: enrol, then alerts (with incidents) and heartbeats side by side until cancelled.</summary>
public sealed class PortalUplink : IDisposable
{
    private readonly PortalUplinkOptions _options;
    private readonly GrpcChannel _channel;
    private readonly PortalClient _client;
    private readonly Enroller _enroller;
    private readonly Uploader _uploader;
    private readonly HeartbeatLoop _heartbeat;
    private GrpcException? _enrolmentError;

    /// <exception cref="ArgumentException">The address is not usable.</exception>
    /// <exception cref="InvalidDataException">The identity file is damaged.</exception>
    public PortalUplink(PortalUplinkOptions options, IUploadSource source, Func<SensorState> state)
    {
        _options = options;
        string identityPath = Path.Combine(options.StateFolder, "identity.json");
        _channel = new GrpcChannel(options.Address, options.Channel);
        _client = new PortalClient(_channel, SensorIdentity.LoadOrCreate(identityPath));
        _enroller = new Enroller(_client, identityPath, options.Delays);
        _uploader = new Uploader(source, _client.UploadAsync, SensorId, new Quarantine(Path.Combine(options.StateFolder, "quarantine.jsonl")), options.Delays);
        _heartbeat = new HeartbeatLoop(
            _client.HeartbeatAsync,
            () => HeartbeatLoop.Compose(SensorId, state(), source, _uploader.Status, options.Delays.Time.GetUtcNow()),
            options.Delays)
        {
            Answered = reply => Answered?.Invoke(reply),
            Failed = RecoverAsync,
        };
    }

    public string SensorId => _client.Identity.SensorId;

    public UploaderStatus Status => _uploader.Status;

    /// <summary>When the portal last answered a heartbeat.</summary>
    public DateTimeOffset? LastHeartbeat => _heartbeat.LastAnswer;

    /// <summary>Why the box is not enrolled, null when it is.</summary>
    public GrpcException? EnrolmentError => Volatile.Read(ref _enrolmentError);

    /// <summary>Told of each heartbeat's answer.</summary>
    public Action<HeartbeatReply>? Answered { get; set; }

    public async Task RunAsync(CancellationToken cancellation)
    {
        await EnrolAsync(cancellation).ConfigureAwait(false);
        using CancellationTokenSource together = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] loops =
        [
            _uploader.RunAsync(together.Token),
            _heartbeat.RunAsync(together.Token),
        ];
        await Task.WhenAny(loops).ConfigureAwait(false); // each runs forever: one that ends was cancelled or is broken
        await together.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(loops).ConfigureAwait(false);
    }

    public void Dispose() => _channel.Dispose();

    private async Task EnrolAsync(CancellationToken cancellation)
    {
        if (_options.EnrolmentToken.Length == 0) return;
        await _enroller.EnrolAsync(
            _options.EnrolmentToken, _options.Name, _options.Version, reason => Volatile.Write(ref _enrolmentError, reason), cancellation).ConfigureAwait(false);
        Volatile.Write(ref _enrolmentError, null);
    }

    /// <summary>A portal that no longer knows the box (its database was replaced) is told again, if the token is still there.</summary>
    private async Task RecoverAsync(GrpcException reason, CancellationToken cancellation)
    {
        if (reason.Status != GrpcStatus.Unauthenticated || _options.EnrolmentToken.Length == 0) return;
        _enroller.Forget();
        await EnrolAsync(cancellation).ConfigureAwait(false);
    }
}
