using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Sensor.Engine.Configuration;

/// <summary>Reads <c>sensord.yaml</c>. The first thing that is wrong is told with file, line, column and what to write instead.</summary>
public static class ConfigurationReader
{
    /// <exception cref="ConfigurationException">The file cannot be read or says something that cannot be.</exception>
    public static SensorConfiguration Read(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            SensorConfiguration configuration = Read(path, reader);
            MakePathsAbsolute(configuration, Path.GetDirectoryName(Path.GetFullPath(path))!);
            return configuration;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"cannot load configuration: {path}: {problem.Message}; give another file with --config");
        }
    }

    internal static SensorConfiguration Read(string name, TextReader text)
    {
        var configuration = new SensorConfiguration();
        var stream = new YamlStream();
        try
        {
            stream.Load(text);
        }
        catch (YamlException problem)
        {
            throw Error(name, problem.Start, $"not valid YAML: {problem.InnerException?.Message ?? problem.Message}");
        }

        if (stream.Documents.Count == 0) return configuration;
        if (stream.Documents[0].RootNode is not YamlMappingNode root) throw Error(name, stream.Documents[0].RootNode.Start, "a configuration is a list of \"section:\" entries");
        Walk(name, "", root, configuration);
        return configuration;
    }

    /// <summary>
    /// Applies <c>KEY=VALUE</c>: a key of the configuration (<c>engine.workers</c>, <c>vars.address-groups.HOME_NET</c>)
    /// or, for any other key, an engine setting (<c>stream.midstream</c>).
    /// </summary>
    public static void Set(SensorConfiguration configuration, string assignment)
    {
        int equals = assignment.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0) throw new ConfigurationException($"cannot apply --set {assignment}: write KEY=VALUE");
        string key = assignment[..equals], value = assignment[(equals + 1)..];
        if (ConfigurationKeys.Scalars.TryGetValue(key, out ConfigurationKeys.Apply? apply))
        {
            if (apply(configuration, value) is { } wrong) throw new ConfigurationException($"cannot apply --set {assignment}: {wrong}");
        }
        else if (ConfigurationKeys.Lists.TryGetValue(key, out Action<SensorConfiguration, string>? add))
        {
            add(configuration, value);
        }
        else if (ConfigurationKeys.Maps.Keys.FirstOrDefault(map => key.StartsWith(map + ".", StringComparison.Ordinal)) is { } map)
        {
            ConfigurationKeys.Maps[map](configuration, key[(map.Length + 1)..], value);
        }
        else
        {
            configuration.EngineSettings[key] = value;
        }
    }

    // The depth of the file is bounded by the table of keys: an unknown key ends the walk.
    private static void Walk(string name, string path, YamlMappingNode mapping, SensorConfiguration configuration)
    {
        foreach ((YamlNode keyNode, YamlNode value) in mapping.Children)
        {
            string key = path + Name(name, keyNode);
            if (ConfigurationKeys.Scalars.TryGetValue(key, out ConfigurationKeys.Apply? apply))
            {
                if (value is not YamlScalarNode scalar) throw Error(name, value.Start, $"\"{key}\" takes one value, not a list or section");
                if (apply(configuration, scalar.Value ?? "") is { } wrong) throw Error(name, value.Start, $"{key}: {wrong}");
            }
            else if (ConfigurationKeys.Lists.TryGetValue(key, out Action<SensorConfiguration, string>? add))
            {
                if (value is not YamlSequenceNode list) throw Error(name, value.Start, $"\"{key}\" takes a list; write each entry as \"- VALUE\" on a line of its own");
                foreach (YamlNode entry in list.Children)
                {
                    add(configuration, (entry as YamlScalarNode)?.Value ?? throw Error(name, entry.Start, $"an entry of \"{key}\" is one value"));
                }
            }
            else if (ConfigurationKeys.Maps.TryGetValue(key, out Action<SensorConfiguration, string, string>? put))
            {
                if (value is not YamlMappingNode map) throw Error(name, value.Start, $"\"{key}\" takes lines of \"NAME: VALUE\"");
                foreach ((YamlNode entryKey, YamlNode entryValue) in map.Children)
                {
                    put(configuration, Name(name, entryKey), (entryValue as YamlScalarNode)?.Value ?? throw Error(name, entryValue.Start, $"an entry of \"{key}\" is one value; put lists in quotes: \"[10.0.0.0/8,192.168.0.0/16]\""));
                }
            }
            else if (IsSection(key))
            {
                if (value is YamlMappingNode inner) Walk(name, key + ".", inner, configuration);
                else if (value is not YamlScalarNode { Value: null or "" }) throw Error(name, value.Start, $"\"{key}\" is a section; its settings stand below it, indented");
            }
            else
            {
                throw Error(name, keyNode.Start, $"unknown key \"{key}\"{DidYouMean(key)}");
            }
        }
    }

    // YAML allows a list or a section as a key ("[a, b]: c").
    private static string Name(string file, YamlNode key) => (key as YamlScalarNode)?.Value ?? throw Error(file, key.Start, "a key is one word");

    private static IEnumerable<string> AllKeys => ConfigurationKeys.Scalars.Keys.Concat(ConfigurationKeys.Lists.Keys).Concat(ConfigurationKeys.Maps.Keys);

    private static bool IsSection(string key) => AllKeys.Any(known => known.StartsWith(key + ".", StringComparison.Ordinal));

    private static string DidYouMean(string key)
    {
        string? nearest = AllKeys.Select(known => (known, Distance: Distance(key, known))).Where(pair => pair.Distance <= 3).OrderBy(pair => pair.Distance).Select(pair => pair.known).FirstOrDefault();
        return nearest is null ? "; see the commented default configuration for what there is" : $" (did you mean \"{nearest}\"?)";
    }

    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (left[i - 1] == right[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }

    private static void MakePathsAbsolute(SensorConfiguration configuration, string folder)
    {
        foreach (IList<string> files in (IList<string>[])[configuration.RuleFiles, configuration.ListFiles, configuration.Capture.Files])
        {
            for (int i = 0; i < files.Count; i++) files[i] = Path.GetFullPath(files[i], folder);
        }

        configuration.ClassificationFile = Absolute(configuration.ClassificationFile);
        configuration.ReferenceFile = Absolute(configuration.ReferenceFile);
        configuration.ThresholdFile = Absolute(configuration.ThresholdFile);
        configuration.StateDirectory = Absolute(configuration.StateDirectory)!;
        configuration.ControlSocket = Absolute(configuration.ControlSocket)!;
        if (configuration.Events.Directory.Length > 0) configuration.Events.Directory = Absolute(configuration.Events.Directory)!;
        if (configuration.Uplink.TokenFile is { } token) configuration.Uplink.TokenFile = Absolute(token);
        if (configuration.Uplink.CertificateAuthorityFile is { } authority) configuration.Uplink.CertificateAuthorityFile = Absolute(authority);

        string? Absolute(string? path) => path is null ? null : Path.GetFullPath(path, folder);
    }

    private static ConfigurationException Error(string name, Mark at, string what) => new($"cannot load configuration: {name}:{at.Line}:{at.Column}: {what}");
}
