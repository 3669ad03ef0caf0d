using Sensor.Primitives;

namespace Sensor.Protocols.Fields;

/// <summary>Buffers that are fields of a <see cref="FieldTransaction"/>.</summary>
internal static class FieldBuffers
{
    /// <summary>The first field of a kind.</summary>
    public static BufferDefinition One(string name, Direction? side, int kind, int progress) =>
        new(name, side, progress, progress, (Transaction transaction, Direction _, int index, out BufferView view) => index == 0 ? Read(transaction, kind, 0, out view) : None(out view));

    /// <summary>Every field of a kind.</summary>
    public static BufferDefinition Several(string name, Direction? side, int kind, int progress) =>
        new(name, side, progress, progress, (Transaction transaction, Direction _, int index, out BufferView view) => Read(transaction, kind, index, out view)) { IsMultiple = true };

    private static bool Read(Transaction transaction, int kind, int index, out BufferView view)
    {
        view = default;
        var one = (FieldTransaction)transaction;
        if (!one.TryFind(kind, index, out Field field)) return false;
        view.Bytes = one.Text(field);
        view.IsFinal = true;
        return true;
    }

    private static bool None(out BufferView view)
    {
        view = default;
        return false;
    }
}
