using Sensor.Correlation;

namespace Sensor.Alerts.Explanations;

/// <summary>Says what an incident is, in both languages, and makes the record that is stored and sent.</summary>
public static class IncidentExplainer
{
    /// <summary>At the index of the stage.</summary>
    private static readonly LocalizedText[] StageNames =
    [
        new("その他", "other"),
        new("下調べ", "reconnaissance"),
        new("不正なサイトへの誘導", "lure to malicious sites"),
        new("弱点への攻撃", "attack on a weakness"),
        new("ウイルスの侵入", "malware delivery"),
        new("外部からの操作", "remote control"),
        new("社内への広がり", "spread inside the network"),
        new("被害の発生", "damage"),
    ];

    public static LocalizedText StageName(KillChainStage stage) => StageNames[(int)stage];

    public static IncidentRecord ToRecord(Incident incident)
    {
        LocalizedText summary = incident.AlertCount == 1
            ? new("機器 {device} で攻撃の兆候が見つかりました。", "A sign of an attack was found at the device {device}.")
            : new(
                $"機器 {{device}} に関する {incident.AlertCount} 件の警告は、ひとつながりの攻撃とみられます。",
                $"{incident.AlertCount} alerts about the device {{device}} appear to belong to one attack.");
        LocalizedText stages = new(
            $"これまでに確認された段階：{string.Join(" → ", incident.Stages.Select(stage => StageName(stage).Japanese))}。",
            $" Steps seen so far: {string.Join(" → ", incident.Stages.Select(stage => StageName(stage).English))}.");
        string remote = incident.Remotes.Count == 0 ? "" : incident.Remotes[0].ToString();
        var names = new AdviceNames(incident.Device.ToString(), remote, remote, "", "");
        return new IncidentRecord
        {
            Id = incident.Id,
            Revision = incident.Revision,
            IsOpen = incident.IsOpen,
            Device = incident.Device,
            FirstAlert = incident.FirstAlert,
            LastAlert = incident.LastAlert,
            Severity = incident.Severity,
            Stages = [.. incident.Stages.Select(KillChain.Slug)],
            Classes = incident.Classes,
            AlertCount = incident.AlertCount,
            AlertIds = incident.AlertIds,
            FlowIds = incident.FlowIds,
            Remotes = incident.Remotes,
            Summary = AdviceText.Fill(new(summary.Japanese + stages.Japanese, summary.English + stages.English), names),
            WhatToDo = AdviceText.Fill(ExplanationCatalog.Of(incident.GravestClass).Usual.WhatToDo, names),
        };
    }
}
