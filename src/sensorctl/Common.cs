using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sensor.Control;
using Spectre.Console;

namespace Sensor.CommandLine;

/// <summary>Options every verb has, and the one way in which verbs talk to the daemon and fail.</summary>
internal static class Common
{
    public static Option<bool> Json { get; } = new("--json") { Description = "print JSON for programs instead of a table for people", Recursive = true };

    public static Option<string> Socket { get; } = new("--socket")
    {
        Description = "the daemon's control socket",
        Recursive = true,
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("SENSORD_SOCKET") ?? ControlRoutes.DefaultSocket,
    };

    public static Option<string> Language { get; } = new("--lang")
    {
        Description = "language of explanations: ja or en",
        Recursive = true,
        DefaultValueFactory = _ => (Environment.GetEnvironmentVariable("LANG") ?? "").StartsWith("ja", StringComparison.OrdinalIgnoreCase) ? "ja" : "en",
    };

    public static string LanguageOf(ParseResult parsed) => parsed.GetValue(Language) == "ja" ? "ja" : "en";

    /// <summary>Runs a verb against the daemon; failures are told on standard error and as exit code.</summary>
    public static async Task<int> WithDaemonAsync(ParseResult parsed, Func<ControlClient, Task<int>> verb)
    {
        using var client = new ControlClient(parsed.GetValue(Socket)!);
        try
        {
            return await verb(client);
        }
        catch (ControlException refused)
        {
            if (parsed.GetValue(Json)) Print(refused.Error, ControlJson.Readable.ControlError);
            await Console.Error.WriteLineAsync($"sensorctl: {refused.Error.Message}");
            if (refused.Error.Remedy.Length > 0) await Console.Error.WriteLineAsync($"  {refused.Error.Remedy}");
            return refused.ExitCode;
        }
    }

    public static void Print<T>(T value, JsonTypeInfo<T> type) => Console.Out.WriteLine(JsonSerializer.Serialize(value, type));

    /// <summary>A terminal that keeps whole lines when its output goes to a file.</summary>
    public static IAnsiConsole Terminal { get; } = CreateTerminal();

    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture).Replace(',', ' ');

    public static string Local(DateTimeOffset? moment) => moment is { } known ? known.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "-";

    /// <summary>Text from the wire as a terminal may show it: no markup, no control characters (terminal escape injection).</summary>
    public static string Safe(string text) =>
        Markup.Escape(string.Create(text.Length, text, (span, from) => { for (int i = 0; i < from.Length; i++) span[i] = char.IsControl(from[i]) ? '?' : from[i]; }));

    public static string Coloured(string severity) => severity switch
    {
        "High" => "[red]High[/]",
        "Medium" => "[yellow]Medium[/]",
        "Low" => "[blue]Low[/]",
        _ => Safe(severity),
    };

    private static IAnsiConsole CreateTerminal()
    {
        IAnsiConsole console = AnsiConsole.Console;
        if (Console.IsOutputRedirected) console.Profile.Width = 240;
        return console;
    }
}
