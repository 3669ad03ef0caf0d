using Sensor.Detection;
using Sensor.Detection.RuleLanguage;
using Sensor.Engine.Configuration;
using Sensor.Reputation;

namespace Sensor.Engine;

/// <summary>One generation of what the engine knows: compiled rules and blacklists, immutable.</summary>
/// <param name="ListErrors">Lists, and entries of lists, that could not be used.</param>
public sealed record Knowledge(RuleSet Rules, ReputationSet Lists, IReadOnlyList<ReputationError> ListErrors, DateTimeOffset LoadedAt);

/// <summary>Reads rules and lists as a configuration names them; always beside the running engine, never on its threads.</summary>
public static class KnowledgeLoader
{
    public static Knowledge Load(SensorConfiguration configuration, string? settingsFolder = null)
    {
        RuleSet rules = new RuleSetBuilder(Options(configuration, settingsFolder)).AddFiles(configuration.RuleFiles).Build();
        var errors = new List<ReputationError>();
        ReputationSet lists = ReputationLoader.Load(configuration.ListFiles, errors);
        return new Knowledge(rules, lists, errors, DateTimeOffset.UtcNow);
    }

    internal static RuleSetOptions Options(SensorConfiguration configuration, string? settingsFolder)
    {
        _ = settingsFolder;
        var options = new RuleSetOptions
        {
            Variables = new RuleVariables
            {
                Addresses = new Dictionary<string, string>(configuration.AddressGroups),
                Ports = new Dictionary<string, string>(configuration.PortGroups),
            },
        };
        return options;
    }
}
