namespace Sensor.Detection.RuleLanguage;

/// <summary>One rule as it stands in a file, continuation lines joined; neither blank nor a comment.</summary>
/// <param name="File">As the operator named it.</param>
/// <param name="Line">Its first line, from 1.</param>
/// <param name="Text">One character per byte (see <see cref="RuleBytes"/>).</param>
/// <param name="Continuations">Where further lines begin in <paramref name="Text"/>, offsets from 0, ascending.</param>
public readonly record struct RuleLine(string File, int Line, string Text, IReadOnlyList<int> Continuations)
{
    /// <summary>The file's line and column (from 1) of a column in <see cref="Text"/>.</summary>
    public (int Line, int Column) Locate(int column) => Locate(Line, Continuations, column);

    internal static (int Line, int Column) Locate(int firstLine, IReadOnlyList<int> continuations, int column)
    {
        int line = firstLine, start = 0;
        foreach (int offset in continuations)
        {
            if (column - 1 < offset) break;
            line++;
            start = offset;
        }

        return (line, column - start);
    }
}
