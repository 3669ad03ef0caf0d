namespace Sensor.Daemon;

/// <summary>The daemon's own few options; everything else stands in its configuration.</summary>
internal sealed record CommandLine(string Configuration, bool CheckOnly)
{
    public const string Usage = """
        usage: sensord [--config FILE] [--check]
          --config FILE   configuration (default /etc/sensord/sensord.yaml)
          --check         read configuration, rules and lists, say what is wrong with them, and end
          --version       print the version and end
        """;

    /// <exception cref="ArgumentException">An option is not known or lacks its value.</exception>
    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var parsed = new CommandLine("/etc/sensord/sensord.yaml", false);
        for (int i = 0; i < arguments.Count; i++)
        {
            parsed = arguments[i] switch
            {
                "--config" when i + 1 < arguments.Count => parsed with { Configuration = arguments[++i] },
                "--config" => throw new ArgumentException("--config needs a file"),
                "--check" => parsed with { CheckOnly = true },
                string unknown => throw new ArgumentException($"unknown option \"{unknown}\""),
            };
        }

        return parsed;
    }
}
