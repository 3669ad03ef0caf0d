using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Files;

/// <summary>The files of one transaction, in the order in which they began. Lives in <see cref="Transaction.Files"/>.</summary>
public sealed class TransactionFiles
{
    private readonly List<TrackedFile> _files = new(2);
    private int _toServer;

    /// <summary>The files of a transaction, null when it carries none.</summary>
    public static TransactionFiles? Of(Transaction transaction) => transaction.Files as TransactionFiles;

    public int Count => _files.Count;

    public TrackedFile this[int index] => _files[index];

    /// <summary>Files were seen in this direction.</summary>
    public bool Any(Direction direction) => direction == Direction.ToServer ? _toServer > 0 : _toServer < _files.Count;

    /// <summary>A file of this direction has moved on since Detection last looked at it.</summary>
    public bool HasChanged(Direction direction)
    {
        foreach (TrackedFile file in _files)
        {
            if (file.Changed && file.Direction == direction) return true;
        }

        return false;
    }

    internal void Add(TrackedFile file)
    {
        _files.Add(file);
        if (file.Direction == Direction.ToServer) _toServer++;
    }

    internal void Clear()
    {
        _files.Clear();
        _toServer = 0;
    }
}
