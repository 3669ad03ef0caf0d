namespace Sensor.Portal;

internal static class Program
{
    private const int Success = 0, Failed = 1, WrongUsage = 2;

    private static async Task<int> Main(string[] arguments)
    {
        if (arguments is ["--help"] or ["-h"])
        {
            Console.WriteLine(PortalOptions.Usage);
            return Success;
        }

        try
        {
            PortalOptions options = PortalOptions.Parse(arguments);
            await using PortalHost portal = await PortalHost.StartAsync(options, logging => logging.AddSimpleConsole(console => console.SingleLine = true)
                .SetMinimumLevel(LogLevel.Warning).AddFilter("portal", LogLevel.Information)).ConfigureAwait(false);
            Console.WriteLine($"sensors report to {portal.GrpcAddress}, pages are at {portal.HttpAddress}");
            await portal.WaitForShutdownAsync().ConfigureAwait(false);
            return Success;
        }
        catch (ArgumentException wrong)
        {
            await Console.Error.WriteLineAsync("portal: " + wrong.Message).ConfigureAwait(false);
            return WrongUsage;
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException or System.Data.Common.DbException)
        {
            await Console.Error.WriteLineAsync($"portal: cannot start: {broken.Message}").ConfigureAwait(false);
            return Failed;
        }
    }
}
