namespace Sensor.Detection.RuleLanguage;

/// <summary>
/// Address and port sets of one rule set, each text compiled once and shared by all rules that write it: 25 000 rules
/// have a few hundred different header words. Used by one thread while rules load.
/// </summary>
public sealed class HeaderSets(RuleVariables variables)
{
    private readonly GroupExpression _addressGrammar = AddressExpression.Grammar(variables);
    private readonly GroupExpression _portGrammar = PortExpression.Grammar(variables);
    private readonly Dictionary<string, AddressSet> _addresses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PortSet> _ports = new(StringComparer.Ordinal);

    public RuleVariables Variables { get; } = variables;

    /// <summary>Throws <see cref="RuleException"/> for a text that is no address expression.</summary>
    public AddressSet Addresses(string text)
    {
        if (!_addresses.TryGetValue(text, out AddressSet? set)) _addresses[text] = set = AddressExpression.Compile(text, _addressGrammar);
        return set;
    }

    /// <summary>Throws <see cref="RuleException"/> for a text that is no port expression.</summary>
    public PortSet Ports(string text)
    {
        if (!_ports.TryGetValue(text, out PortSet? set)) _ports[text] = set = PortExpression.Compile(text, _portGrammar);
        return set;
    }
}
