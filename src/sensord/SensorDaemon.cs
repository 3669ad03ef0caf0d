using Sensor.Alerts;
using Sensor.Alerts.Eve;
using Sensor.Alerts.Spool;
using Sensor.Alerts.Store;
using Sensor.Capture;
using Sensor.Cloud;
using Sensor.Correlation;
using Sensor.Engine;
using Sensor.Engine.Configuration;

namespace Sensor.Daemon;

/// <summary>
/// The rooms put together: source → pipeline → event thread (incidents, spool, store, eve.json) → uplink. Alerts are
/// durable in the spool before anything else says that they exist.
/// </summary>
internal sealed class SensorDaemon : IDisposable
{
    private readonly ILogger _log;
    private readonly EventQueue _queue;
    private readonly EventPump _events;
    private readonly SemaphoreSlim _reloading = new(1);
    private readonly IPacketSource _source;

    /// <exception cref="CaptureException">The interface or a capture file cannot be opened.</exception>
    /// <exception cref="IOException">The state directory cannot be used.</exception>
    /// <exception cref="ArgumentException">The portal's address cannot be used.</exception>
    public SensorDaemon(SensorConfiguration configuration, Knowledge knowledge, ILogger log)
    {
        _log = log;
        Configuration = configuration;
        Knowledge = knowledge;
        MakeStateDirectory(configuration.StateDirectory);
        Spool = AlertSpool.Open(Path.Combine(configuration.StateDirectory, "spool"), new SpoolOptions { MaximumBytes = configuration.SpoolBytes });
        Store = new AlertStore(new AlertStoreOptions
        {
            Path = Path.Combine(configuration.StateDirectory, "alerts.db"),
            MaximumAlerts = (int)Math.Min(configuration.StoreAlerts, int.MaxValue),
        });
        Eve = configuration.Events.Directory.Length == 0 ? null : new EveFile(new EveFileOptions
        {
            Path = Path.Combine(configuration.Events.Directory, "eve.json"),
            RotateBytes = configuration.Events.RotateBytes,
            TotalBytes = configuration.Events.MaximumBytes,
            BeforeWrite = () => Spool.Flush(),
        });
        Spool.ProblemChanged += LogProblem;
        Store.ProblemChanged += LogProblem;
        if (Eve is not null) Eve.ProblemChanged += LogProblem;

        _source = SourceFactory.Open(configuration.Capture);
        // A file waits for the event thread, a wire does not.
        _queue = new EventQueue(new EventQueueOptions { WaitWhenFull = !_source.IsLive });
        EngineOptions engine = EngineOptions.From(configuration);
        engine = engine with { Events = engine.Events with { Interface = configuration.Capture.Interface ?? "", PacketNumbers = !_source.IsLive } };
        Pipeline = new Pipeline(engine, _source, knowledge.Rules, knowledge.Lists, _queue, (ulong)Random.Shared.NextInt64());
        Uplink = UplinkFactory.Create(configuration, Spool, State);
        _events = StartableEvents(configuration);
    }

    public SensorConfiguration Configuration { get; }

    public Knowledge Knowledge { get; private set; }

    public AlertSpool Spool { get; }

    public AlertStore Store { get; }

    public EveFile? Eve { get; }

    public Pipeline Pipeline { get; }

    /// <summary>Null when the box works without a portal.</summary>
    public PortalUplink? Uplink { get; }

    public DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    public string SensorId => Uplink?.SensorId ?? "";

    public string SourceName => Configuration.Capture.Interface ?? (Configuration.Capture.Files.Count == 1 ? Configuration.Capture.Files[0] : $"{Configuration.Capture.Files.Count} capture files");

    public bool IsLive => _source.IsLive;

    /// <summary>starting, running, finished, stopped or error: the words the portal translates.</summary>
    public string CaptureState => Pipeline.CaptureFailure is not null ? "error" : Pipeline.Finished ? "finished" : "running";

    public long EventsDropped => Enum.GetValues<EventKind>().Sum(kind => _queue.Dropped(kind));

    public long AlertsRaised => _queue.Written(EventKind.Alert) + _queue.Dropped(EventKind.Alert);

    /// <summary>True once every event that the workers wrote has been handled.</summary>
    public bool EventsHandled => _queue.IsEmpty;

    public void Start()
    {
        _events.Start();
        Pipeline.Start();
        // Files come to an end; so does an interface that goes away.
        new Thread(AwaitEnd) { Name = "end of capture", IsBackground = true }.Start();
    }

    /// <summary>Reads rules and lists again beside the running engine and swaps them in. With a set that holds no rule the old one stays.</summary>
    public async Task<(bool Swapped, string Message)> ReloadAsync()
    {
        await _reloading.WaitAsync();
        try
        {
            Knowledge next = await Task.Run(() => KnowledgeLoader.Load(Configuration));
            KnowledgeLog.Write(_log, next);
            if (next.Rules.Loaded == 0 && Knowledge.Rules.Loaded > 0)
                return (false, $"cannot reload rules: none of them can be loaded; keeping the {Knowledge.Rules.Loaded} rules already running");
            await Pipeline.SwapAsync(next.Rules, next.Lists);
            Knowledge = next;
            return (true, $"{next.Rules.Loaded} rules and {next.Lists.Count} list entries are running, {next.Rules.Failed.Count} rules were refused");
        }
        finally
        {
            _reloading.Release();
        }
    }

    /// <summary>Ends capturing, inspects what lies in the pipes, and makes every alert durable.</summary>
    public void Stop()
    {
        Pipeline.Stop();
        _events.Stop();
        Spool.Flush();
    }

    public SensorState State() => StateReport.Make(this);

    public void Dispose()
    {
        Uplink?.Dispose();
        _events.Dispose();
        Pipeline.Dispose();
        _queue.Dispose();
        Eve?.Dispose();
        Store.Dispose();
        Spool.Dispose();
        _reloading.Dispose();
    }

    private static void MakeStateDirectory(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"cannot use the state directory {directory}: {problem.Message}; make its disk writable, or name another directory below \"state:\"", problem);
        }
    }

    private EventPump StartableEvents(SensorConfiguration configuration)
    {
        var tracker = new IncidentTracker(new IncidentOptions());
        (long lastAlert, long lastIncident) = Store.LastIds();
        tracker.ContinueAfter(lastIncident);
        var incidents = new IncidentConsumer(tracker, incident =>
        {
            Spool.Append(incident);
            Store.Add(incident);
        });
        var builder = new AlertRecordBuilder(HomeNetworks.Default, new LossMeter(() => Pipeline.Ledger, TimeProvider.System), TimeProvider.System, configuration.Capture.Interface ?? "");
        builder.ContinueAfter(lastAlert);
        IEventConsumer[] consumers = Eve is null ? [new SpoolConsumer(Spool), incidents, Store] : [new SpoolConsumer(Spool), incidents, Store, Eve];
        return new EventPump(_queue, builder, SensorId, consumers, (consumer, defect) => _log.LogError(defect, "the event consumer \"{Consumer}\" failed", consumer));
    }

    private void AwaitEnd()
    {
        Pipeline.Join();
        if (Pipeline.CaptureFailure is { } failure) _log.LogError("{Message}", failure.Message);
        if (Pipeline.Defect is { } defect) _log.LogCritical(defect, "a worker broke; this is a defect of the sensor");
        Ended?.Invoke(Pipeline.CaptureFailure is not null || Pipeline.Defect is not null);
    }

    /// <summary>Told when capturing has ended; with true when it ended in failure.</summary>
    public event Action<bool>? Ended;

    private void LogProblem(string? problem)
    {
        if (problem is null) _log.LogInformation("writing works again");
        else _log.LogError("{Problem}", problem);
    }
}
