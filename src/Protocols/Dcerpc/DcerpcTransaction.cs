namespace Sensor.Protocols.Dcerpc;

/// <summary>One call, or one bind, as a transaction of its own.</summary>
public sealed class DcerpcTransaction : Transaction, IDcerpcCarrier
{
    public DcerpcExchange? Exchange { get; internal set; }

    public override void Reset()
    {
        base.Reset();
        Exchange = null;
    }
}
