using Sensor.Primitives;

namespace Sensor.Correlation;

/// <summary>How far an attack has come. The order is the chain's; a higher step means more is lost already.</summary>
public enum KillChainStage : byte
{
    Other = 0,
    Reconnaissance = 1,
    Delivery = 2,
    Exploitation = 3,
    Installation = 4,
    CommandAndControl = 5,
    LateralMovement = 6,
    ActionsOnObjectives = 7,
}

/// <summary>Which step of the chain each threat class shows.</summary>
public static class KillChain
{
    /// <summary>At the index of the class.</summary>
    private static readonly KillChainStage[] StageOfClass =
    [
        KillChainStage.Other,               // other
        KillChainStage.Reconnaissance,      // reconnaissance
        KillChainStage.Delivery,            // redirect-site
        KillChainStage.Delivery,            // tampered-site
        KillChainStage.Delivery,            // malicious-advertising
        KillChainStage.Exploitation,        // browser-exploit-site
        KillChainStage.Delivery,            // browser-profiling-site
        KillChainStage.Installation,        // malware-download
        KillChainStage.Installation,        // exploit-kit-download
        KillChainStage.CommandAndControl,   // c2
        KillChainStage.ActionsOnObjectives, // ransomware
        KillChainStage.LateralMovement,     // lateral-spread
        KillChainStage.CommandAndControl,   // tor
    ];

    private static readonly string[] Slugs =
        ["other", "reconnaissance", "delivery", "exploitation", "installation", "command-and-control", "lateral-movement", "actions-on-objectives"];

    public static KillChainStage StageOf(ThreatClass threat) => StageOfClass[(int)threat];

    /// <summary>The name records write.</summary>
    public static string Slug(KillChainStage stage) => Slugs[(int)stage];
}
