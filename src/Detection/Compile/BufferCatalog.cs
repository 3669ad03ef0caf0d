using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Detection.Compile;

/// <summary>A buffer that rules can name, and who provides it: the same name may belong to several protocols (file.data).</summary>
public sealed class NamedBuffer(string name)
{
    private readonly List<(int Protocol, BufferDefinition Definition)> _providers = [];

    public string Name { get; } = name;

    /// <summary>By number of the protocol.</summary>
    public IReadOnlyList<(int Protocol, BufferDefinition Definition)> Providers => _providers;

    /// <summary>Each mention in a rule may mean another instance, so mentions are not joined.</summary>
    public bool IsMultiple => _providers.Any(provider => provider.Definition.IsMultiple);

    internal void Add(int protocol, BufferDefinition definition) => _providers.Add((protocol, definition));

    /// <summary>The buffer in a protocol and direction, or null.</summary>
    public BufferDefinition? Find(int protocol, Direction direction)
    {
        foreach ((int candidate, BufferDefinition definition) in _providers)
        {
            if (candidate == protocol && (definition.Side is null || definition.Side == direction)) return definition;
        }

        return null;
    }

    public bool Exists(Direction direction) => _providers.Any(provider => provider.Definition.Side is null || provider.Definition.Side == direction);
}

/// <summary>All buffers of all protocols by name: what a protocol declares becomes a sticky buffer, and nothing here knows its name.</summary>
public sealed class BufferCatalog
{
    private readonly Dictionary<string, NamedBuffer> _buffers = new(StringComparer.Ordinal);

    public BufferCatalog(IReadOnlyList<IAppProtocol> protocols)
    {
        Protocols = protocols;
        for (int number = 0; number < protocols.Count; number++)
        {
            foreach (BufferDefinition definition in protocols[number].Buffers.Concat(FileBuffers.For(protocols[number])))
            {
                if (!_buffers.TryGetValue(definition.Name, out NamedBuffer? buffer)) _buffers[definition.Name] = buffer = new NamedBuffer(definition.Name);
                buffer.Add(number, definition);
            }
        }
    }

    public IReadOnlyList<IAppProtocol> Protocols { get; }

    public IEnumerable<string> Names => _buffers.Keys;

    public NamedBuffer? Find(string name) => _buffers.GetValueOrDefault(name);
}
