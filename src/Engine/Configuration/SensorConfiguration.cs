namespace Sensor.Engine.Configuration;

/// <summary>Everything <c>sensord.yaml</c> can say; the defaults are what an office box needs.</summary>
public sealed record SensorConfiguration
{
    /// <summary>Name of the box for people; its identity is made at the first start and kept in the state directory.</summary>
    public string SensorName { get; set; } = "";

    public CaptureSettings Capture { get; } = new();

    public IDictionary<string, string> AddressGroups { get; } = DefaultVariables.Addresses();

    public IDictionary<string, string> PortGroups { get; } = DefaultVariables.Ports();

    public IList<string> RuleFiles { get; } = [];

    public string? ClassificationFile { get; set; }

    public string? ReferenceFile { get; set; }

    public string? ThresholdFile { get; set; }

    public IList<string> ListFiles { get; } = [];

    /// <summary>Worker threads; 0 means one less than there are processors, at least one.</summary>
    public int Workers { get; set; }

    /// <summary>Bytes of frames that may wait for each worker before frames are dropped and counted.</summary>
    public long QueueBytes { get; set; } = 64L << 20;

    public bool ValidateChecksums { get; set; } = true;

    /// <summary>The box stands in the traffic (bridge): drop and reject act, and streams are read before they are acknowledged.</summary>
    public bool Inline { get; set; }

    /// <summary>Engine settings by the reference engine's dotted keys (<c>stream.midstream</c>, <c>app-layer.protocols.http.enabled</c>).</summary>
    public IDictionary<string, string> EngineSettings { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public EventSettings Events { get; } = new();

    public string StateDirectory { get; set; } = "/var/lib/sensord";

    public long SpoolBytes { get; set; } = 1L << 30;

    public long StoreAlerts { get; set; } = 1_000_000;

    public UplinkSettings Uplink { get; } = new();

    public string ControlSocket { get; set; } = "/run/sensord/control.sock";

    public string ControlGroup { get; set; } = "sensor";

    public int EffectiveWorkers => Workers > 0 ? Workers : Math.Max(1, Environment.ProcessorCount - 1);
}

public sealed record CaptureSettings
{
    public string? Interface { get; set; }

    /// <summary>Capture files to play instead of an interface (demonstrations, tests).</summary>
    public IList<string> Files { get; } = [];

    /// <summary>How many times the files are played; 0 means for ever.</summary>
    public int Loops { get; set; } = 1;

    /// <summary>Files are played at the speed at which they were recorded, not as fast as the engine can.</summary>
    public bool Paced { get; set; }

    public int SnapLength { get; set; } = 262_144;

    public long KernelBufferBytes { get; set; } = 64L << 20;

    public bool Promiscuous { get; set; } = true;

    public string? Filter { get; set; }
}

public sealed record EventSettings
{
    /// <summary>Folder of eve.json; empty writes none.</summary>
    public string Directory { get; set; } = "/var/log/sensord";

    public long RotateBytes { get; set; } = 64L << 20;

    public long MaximumBytes { get; set; } = 1L << 30;

    /// <summary>Alert records carry the packet's payload. Off on a customer's box: payload is the customer's.</summary>
    public bool Payload { get; set; }
}

public sealed record UplinkSettings
{
    /// <summary>The portal's gRPC address; empty means that the box works alone.</summary>
    public string Portal { get; set; } = "";

    public string? TokenFile { get; set; }

    public string? CertificateAuthorityFile { get; set; }

    /// <summary>Allows http:// to a portal on this machine; never for one elsewhere.</summary>
    public bool AllowPlaintext { get; set; }

    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(30);
}
