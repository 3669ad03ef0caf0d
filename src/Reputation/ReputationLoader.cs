namespace Sensor.Reputation;

/// <summary>Reads the lists of files and folders (<c>*.list</c>) and compiles them.</summary>
public static class ReputationLoader
{
    /// <summary>A list that cannot be read at all is reported and the others still load.</summary>
    public static ReputationSet Load(IEnumerable<string> paths, ICollection<ReputationError> errors)
    {
        var lists = new List<ReputationList>();
        foreach (string path in paths)
        {
            IEnumerable<string> files = Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.list").Order(StringComparer.Ordinal) : [path];
            foreach (string file in files)
            {
                try
                {
                    lists.Add(ReputationList.Read(file, errors));
                }
                catch (Exception problem) when (problem is FormatException or IOException or UnauthorizedAccessException)
                {
                    errors.Add(new ReputationError(file, 0, problem.Message));
                }
            }
        }

        return ReputationSet.Build(lists, errors);
    }
}
