using Sensor.Detection;
using Sensor.Flows;
using Sensor.Protocols;

namespace Sensor.Reputation;

public sealed partial class ReputationSet
{
    private void InspectFiles(Flow flow, Transaction transaction, IReputationSink sink)
    {
        _ = (flow, transaction, sink, this);
    }
}
