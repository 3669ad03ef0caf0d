namespace Sensor.Streams;

/// <summary>The words for what can be wrong with a packet, by the state it meets. <see cref="StreamEvent.None"/> where Suricata has none.</summary>
internal readonly record struct StateEvents(
    StreamEvent InvalidAck, StreamEvent OutOfWindow, StreamEvent WrongFin, StreamEvent BeforeLastAck)
{
    private static readonly StateEvents[] ByState = Build();

    public static ref readonly StateEvents Of(TcpState state) => ref ByState[(int)state];

    private static StateEvents[] Build()
    {
        var table = new StateEvents[(int)TcpState.Closed + 1];
        table[(int)TcpState.SynRecv] = table[(int)TcpState.Established] = new(
            StreamEvent.EstablishedInvalidAck, StreamEvent.EstablishedPacketOutOfWindow, StreamEvent.FinOutOfWindow, StreamEvent.EstablishedPacketBeforeLastAck);
        table[(int)TcpState.FinWait1] = new(StreamEvent.FinWait1InvalidAck, StreamEvent.FinWait1AckWrongSequence, StreamEvent.FinWait1FinWrongSequence, StreamEvent.None);
        table[(int)TcpState.FinWait2] = new(StreamEvent.FinWait2InvalidAck, StreamEvent.FinWait2AckWrongSequence, StreamEvent.FinWait2FinWrongSequence, StreamEvent.None);
        table[(int)TcpState.CloseWait] = new(StreamEvent.CloseWaitInvalidAck, StreamEvent.CloseWaitAckOutOfWindow, StreamEvent.CloseWaitFinOutOfWindow, StreamEvent.CloseWaitPacketBeforeLastAck);
        table[(int)TcpState.Closing] = new(StreamEvent.ClosingInvalidAck, StreamEvent.ClosingAckWrongSequence, StreamEvent.ClosingAckWrongSequence, StreamEvent.None);
        table[(int)TcpState.LastAck] = new(StreamEvent.LastAckInvalidAck, StreamEvent.LastAckAckWrongSequence, StreamEvent.LastAckAckWrongSequence, StreamEvent.None);
        table[(int)TcpState.TimeWait] = new(StreamEvent.TimeWaitInvalidAck, StreamEvent.TimeWaitAckWrongSequence, StreamEvent.TimeWaitAckWrongSequence, StreamEvent.None);
        return table;
    }
}
