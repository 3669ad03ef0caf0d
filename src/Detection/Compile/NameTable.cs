using System.Collections.Concurrent;
using System.Text;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Compile;

/// <summary>
/// Numbers for names that rules share (flowbits, flowints, xbits). The same name keeps its number for the life of the
/// process, so that flows keep their bits when rules are changed.
/// </summary>
internal sealed class NameTable
{
    /// <summary>Names one table takes; a rule with one more is refused. ET Open uses about 900.</summary>
    public const int MaximumNames = 65_536;

    private readonly ConcurrentDictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, byte[]> _names = new();

    public static NameTable Bits { get; } = new();

    public static NameTable Counters { get; } = new();

    public static NameTable HostBits { get; } = new();

    public int Number(string name)
    {
        if (_numbers.TryGetValue(name, out int known)) return known;
        lock (_names)
        {
            if (_numbers.TryGetValue(name, out known)) return known;
            if (_numbers.Count >= MaximumNames) throw new RuleException($"cannot use one more name: {MaximumNames} are in use since the sensor started");
            int number = _numbers.Count;
            _names[number] = Encoding.UTF8.GetBytes(RuleBytes.ToText(name));
            _numbers[name] = number;
            return number;
        }
    }

    public ReadOnlySpan<byte> Utf8(int number) => _names[number];
}
