namespace Sensor.Detection.RuleLanguage;

/// <summary>The variables rules may use: address groups (<c>HOME_NET</c>) and port groups (<c>HTTP_PORTS</c>), as texts that may refer to each other.</summary>
public sealed record RuleVariables
{
    public IReadOnlyDictionary<string, string> Addresses { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Ports { get; init; } = new Dictionary<string, string>();
}
