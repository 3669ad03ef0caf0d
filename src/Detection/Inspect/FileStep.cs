using Sensor.Decode;
using Sensor.Files;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Detection.Inspect;

/// <summary>Answers a question about a file as far as it is known.</summary>
public delegate bool FileQuestion(TrackedFile file);

/// <summary>All questions of a rule hold for one file of the side.</summary>
public sealed class FileStep : TransactionStep
{
    public required FileQuestion[] Questions { get; init; }

    public required int Complete { get; init; }

    public override bool Watches => true;

    public override StepResult Evaluate(InspectContext context, Transaction transaction, scoped ref PacketView packet)
    {
        bool anyOpen = false;
        if (TransactionFiles.Of(transaction) is { } files)
        {
            for (int at = 0; at < files.Count; at++)
            {
                if (files[at].Direction != Side) continue;
                anyOpen |= files[at].State == FileState.Open;
                if (Holds(files[at])) return StepResult.Match;
            }
        }

        return transaction.Progress(Side) >= Complete && !anyOpen ? StepResult.Never : StepResult.NotYet;
    }

    private bool Holds(TrackedFile file)
    {
        foreach (FileQuestion question in Questions)
        {
            if (!question(file)) return false;
        }

        return true;
    }

    /// <summary>A number that changes when a file of the side begins, becomes known, or ends.</summary>
    public static int Mark(Transaction transaction, Direction side)
    {
        if (TransactionFiles.Of(transaction) is not { } files) return 0;
        int mark = 0;
        for (int at = 0; at < files.Count; at++)
        {
            TrackedFile file = files[at];
            if (file.Direction != side) continue;
            file.Changed = false;
            mark += 1 + (file.Type.IsEmpty ? 0 : 1) + (file.State == FileState.Open ? 0 : 1);
        }

        return mark;
    }
}
