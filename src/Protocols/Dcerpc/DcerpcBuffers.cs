using Sensor.Primitives;

namespace Sensor.Protocols.Dcerpc;

/// <summary>What rules can look into (user guide, "DCERPC Keywords"); SMB declares the same for calls over named pipes.</summary>
internal static class DcerpcBuffers
{
    /// <param name="complete">Progress of a side that is complete, in the protocol that carries the calls.</param>
    public static BufferDefinition Stub(int complete) => new("dcerpc.stub_data", null, complete, complete, Read)
    {
        Description = "arguments of a call and its results, fragments joined",
    };

    private static bool Read(Transaction transaction, Direction direction, int index, out BufferView view)
    {
        view = default;
        if (index > 0 || ((IDcerpcCarrier)transaction).Exchange is not { } exchange) return false;
        view.Bytes = exchange.Stub(direction);
        view.IsFinal = true;
        return !view.Bytes.IsEmpty;
    }
}
