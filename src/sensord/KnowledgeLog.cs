using Sensor.Detection.RuleLanguage;
using Sensor.Engine;
using Sensor.Reputation;

namespace Sensor.Daemon;

/// <summary>Says in the log which rules and list entries were refused, the first of them one by one.</summary>
internal static class KnowledgeLog
{
    private const int ToldOneByOne = 20;

    public static void Write(ILogger log, Knowledge knowledge)
    {
        foreach (RuleError error in knowledge.Rules.Failed.Take(ToldOneByOne)) log.LogWarning("cannot load rule {Sid}: {Error}", error.Sid, error.ToString());
        if (knowledge.Rules.Failed.Count > ToldOneByOne) log.LogWarning("and {Count} rules more; \"sensorctl rules check\" lists them all", knowledge.Rules.Failed.Count - ToldOneByOne);
        foreach (RuleError problem in knowledge.Problems.Take(ToldOneByOne)) log.LogWarning("{Problem}", problem.ToString());
        foreach (ReputationError error in knowledge.ListErrors.Take(ToldOneByOne)) log.LogWarning("cannot use list entry: {Error}", error.ToString());
        log.LogInformation("{Rules} rules loaded, {Failed} refused, {Entries} list entries", knowledge.Rules.Loaded, knowledge.Rules.Failed.Count, knowledge.Lists.Count);
    }
}
