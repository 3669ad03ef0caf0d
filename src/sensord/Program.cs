using System.Runtime.InteropServices;
using Sensor.Capture;
using Sensor.Daemon.Operations;
using Sensor.Engine;
using Sensor.Engine.Configuration;

namespace Sensor.Daemon;

/// <summary>The composition root: configuration, rooms, control socket, and the conversation with systemd.</summary>
internal static class Program
{
    private const int Success = 0, Failed = 1, WrongUsage = 2;

    private static async Task<int> Main(string[] arguments)
    {
        if (arguments is ["--help"] or ["-h"] or ["--version"])
        {
            Console.WriteLine(arguments[0] == "--version" ? StateReport.Version : CommandLine.Usage);
            return Success;
        }

        try
        {
            CommandLine options = CommandLine.Parse(arguments);
            SensorConfiguration configuration = ConfigurationReader.Read(options.Configuration);
            return options.CheckOnly ? Check(configuration) : await RunAsync(configuration);
        }
        catch (ArgumentException wrong)
        {
            await Console.Error.WriteLineAsync($"sensord: {wrong.Message}\n{CommandLine.Usage}");
            return WrongUsage;
        }
        catch (ConfigurationException wrong)
        {
            await Console.Error.WriteLineAsync($"sensord: {wrong.Message}");
            return WrongUsage;
        }
        catch (Exception problem) when (problem is CaptureException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            await Console.Error.WriteLineAsync($"sensord: cannot start: {problem.Message}");
            return Failed;
        }
    }

    private static int Check(SensorConfiguration configuration)
    {
        using ILoggerFactory logs = LoggerFactory.Create(builder => builder.AddSimpleConsole(console => console.SingleLine = true));
        Knowledge knowledge = KnowledgeLoader.Load(configuration);
        KnowledgeLog.Write(logs.CreateLogger("check"), knowledge);
        return knowledge.Rules.Failed.Count + knowledge.ListErrors.Count == 0 ? Success : Failed;
    }

    private static async Task<int> RunAsync(SensorConfiguration configuration)
    {
        await using WebApplication application = Build(configuration);
        ILogger log = application.Services.GetRequiredService<ILoggerFactory>().CreateLogger("sensord");
        using var systemd = SystemdNotifier.FromEnvironment();

        Knowledge knowledge = KnowledgeLoader.Load(configuration);
        KnowledgeLog.Write(log, knowledge);
        using var daemon = new SensorDaemon(configuration, knowledge, log);
        bool failed = false;
        // A live capture that ends has failed: systemd starts the service anew. A file is simply over.
        daemon.Ended += broken =>
        {
            failed = broken;
            if (broken) application.Lifetime.StopApplication();
        };

        ControlServer.Map(application, [new StatusOperation(daemon), new AlertsOperation(daemon), new IncidentsOperation(daemon), new ReloadOperation(daemon)]);
        await application.StartAsync();
        ControlServer.Protect(configuration.ControlSocket);
        daemon.Start();
        using PosixSignalRegistration reload = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            _ = ReloadAsync(daemon, systemd, log);
        });

        string watching = $"watching {daemon.SourceName}, {knowledge.Rules.Loaded} rules";
        systemd.Ready(watching);
        log.LogInformation("{Watching}", watching);
        CancellationToken stopping = application.Lifetime.ApplicationStopping;
        Task[] loops = [UplinkLoop.RunAsync(daemon, log, stopping), new Watchdog(systemd, daemon.Pipeline, TimeProvider.System).RunAsync(stopping)];
        await application.WaitForShutdownAsync();

        systemd.Stopping();
        await Task.WhenAll(loops);
        daemon.Stop();
        log.LogInformation("stopped; {Waiting} alerts wait in the spool", daemon.Spool.Status.Waiting);
        return failed ? Failed : Success;
    }

    private static WebApplication Build(SensorConfiguration configuration)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (Environment.GetEnvironmentVariable("JOURNAL_STREAM") is null) builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        else builder.Logging.AddSystemdConsole();
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            Directory.CreateDirectory(Path.GetDirectoryName(configuration.ControlSocket)!);
            // A socket left over from a kill would keep the new one from being made.
            File.Delete(configuration.ControlSocket);
            kestrel.ListenUnixSocket(configuration.ControlSocket);
        });
        return builder.Build();
    }

    private static async Task ReloadAsync(SensorDaemon daemon, SystemdNotifier systemd, ILogger log)
    {
        systemd.Reloading();
        (bool swapped, string message) = await daemon.ReloadAsync();
        log.Log(swapped ? LogLevel.Information : LogLevel.Error, "{Message}", message);
        systemd.Ready(message);
    }
}
