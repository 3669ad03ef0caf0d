namespace Sensor.Portal.Pages;

/// <summary>The same word in both languages.</summary>
internal readonly record struct Word(string Japanese, string English);

/// <summary>Every word of the pages' frame; what an alert says comes with the alert.</summary>
internal static class Words
{
    public static readonly Word Product = new("センサーポータル", "Sensor portal");
    public static readonly Word Overview = new("概要", "Overview");
    public static readonly Word Alerts = new("アラート", "Alerts");
    public static readonly Word Incidents = new("インシデント", "Incidents");
    public static readonly Word SkipToContent = new("本文へ移動", "Skip to content");
    public static readonly Word LanguageName = new("言語", "Language");
    public static readonly Word TimeZoneName = new("時刻", "Time zone");
    public static readonly Word NotFound = new("見つかりません", "Not found");
    public static readonly Word NotFoundText = new("このページはありません。保存期間を過ぎて削除された可能性もあります。", "There is no such page. It may have been deleted after its retention period.");

    public static readonly Word Boxes = new("センサー", "Sensors");
    public static readonly Word Box = new("センサー", "Sensor");
    public static readonly Word NoBoxes = new("登録されたセンサーはまだありません。", "No sensor has enrolled yet.");
    public static readonly Word Online = new("稼働中", "Online");
    public static readonly Word Silent = new("応答なし", "Silent");
    public static readonly Word SilentSince = new("応答なし（最終応答から {0}）", "Silent for {0}");
    public static readonly Word NeverHeard = new("まだ応答がありません", "Never heard from");
    public static readonly Word LastHeartbeat = new("最終ハートビート", "Last heartbeat");
    public static readonly Word Ago = new("{0}前", "{0} ago");
    public static readonly Word Version = new("バージョン", "Version");
    public static readonly Word RuleVersion = new("ルール", "Rules");
    public static readonly Word RulesLoaded = new("{0} 件読込 / {1} 件失敗", "{0} loaded / {1} failed");
    public static readonly Word Capture = new("取得", "Capture");
    public static readonly Word Losses = new("取りこぼし", "Losses");
    public static readonly Word NoLoss = new("なし", "None");
    public static readonly Word Unsent = new("未送信", "Unsent");
    public static readonly Word UnsentDetail = new("{0} 件・最古 {1}", "{0}, oldest {1}");
    public static readonly Word Load = new("負荷", "Load");
    public static readonly Word Uptime = new("稼働時間", "Uptime");
    public static readonly Word Quarantined = new("保留（送信不可）", "Set aside (refused)");
    public static readonly Word MoreBoxes = new("ほか {0} 台（応答のないものから順に表示しています）", "and {0} more (silent ones are shown first)");
    public static readonly Word Received = new("受信アラート", "Alerts received");

    public static readonly Word Last24Hours = new("直近24時間", "Last 24 hours");
    public static readonly Word OpenIncidents = new("対応中のインシデント", "Open incidents");
    public static readonly Word ByClass = new("脅威の種類（直近24時間）", "By threat class (last 24 hours)");
    public static readonly Word LatestAlerts = new("最新のアラート", "Latest alerts");
    public static readonly Word SeeAll = new("すべて見る", "See all");
    public static readonly Word SensorsOnline = new("稼働中のセンサー", "Sensors online");
    public static readonly Word Live = new("自動更新", "Auto-refresh");
    public static readonly Word LiveOn = new("自動更新を開始", "Start auto-refresh");
    public static readonly Word LiveOff = new("自動更新を停止", "Stop auto-refresh");

    public static readonly Word Time = new("時刻", "Time");
    public static readonly Word Severity = new("重要度", "Severity");
    public static readonly Word Class = new("脅威の種類", "Threat class");
    public static readonly Word Device = new("端末", "Device");
    public static readonly Word Remote = new("相手・サイト", "Remote / site");
    public static readonly Word Title = new("内容", "Title");
    public static readonly Word AnyBox = new("すべてのセンサー", "All sensors");
    public static readonly Word AnySeverity = new("すべての重要度", "Any severity");
    public static readonly Word AndAbove = new("{0}以上", "{0} and above");
    public static readonly Word AnyClass = new("すべての種類", "Any class");
    public static readonly Word SearchText = new("アドレス・サイト・ルールなど", "Address, site, rule…");
    public static readonly Word Search = new("検索", "Search");
    public static readonly Word Apply = new("絞り込む", "Filter");
    public static readonly Word Clear = new("条件を消す", "Clear");
    public static readonly Word NoAlerts = new("該当するアラートはありません。", "No alerts match.");
    public static readonly Word Older = new("古いアラートへ", "Older");
    public static readonly Word Newest = new("最新へ戻る", "Back to newest");

    public static readonly Word WhatHappened = new("何が起きたか", "What happened");
    public static readonly Word WhatToDo = new("今すぐ行うこと", "What to do now");
    public static readonly Word Evidence = new("根拠", "Evidence");
    public static readonly Word RuleAndList = new("検知ルール・リスト", "Rule and list");
    public static readonly Word LossAround = new("検知時の取りこぼし", "Losses around it");
    public static readonly Word LossAroundText = new(
        "直前1分間に {0} フレーム、起動以降 {1} / {2} フレーム（{3}）を取りこぼしました。", "{0} frames lost in the minute before; {1} of {2} since start ({3}).");
    public static readonly Word PacketTime = new("パケット時刻", "Packet time");
    public static readonly Word DetectedTime = new("検知時刻", "Detected");
    public static readonly Word ReceivedTime = new("ポータル受信", "Received by portal");
    public static readonly Word Source = new("送信元", "Source");
    public static readonly Word Destination = new("宛先", "Destination");
    public static readonly Word Protocol = new("プロトコル", "Protocol");
    public static readonly Word Host = new("ホスト名", "Host");
    public static readonly Word UrlWord = new("URL", "URL");
    public static readonly Word File = new("ファイル", "File");
    public static readonly Word Stage = new("攻撃の段階", "Attack stage");
    public static readonly Word Confidence = new("確度", "Confidence");
    public static readonly Word Action = new("通信の扱い", "Action");
    public static readonly Word Rule = new("ルール", "Rule");
    public static readonly Word Category = new("分類", "Category");
    public static readonly Word List = new("リスト", "List");
    public static readonly Word ListEntry = new("該当エントリー", "Matched entry");
    public static readonly Word References = new("参考情報", "References");
    public static readonly Word Flow = new("フロー", "Flow");
    public static readonly Word UserAgent = new("User-Agent", "User agent");
    public static readonly Word Number = new("番号", "Number");
    public static readonly Word NoExplanation = new("このアラートには説明が付いていません。下の根拠を確認してください。", "This alert came without an explanation; see the evidence below.");

    public static readonly Word Open = new("継続中", "Open");
    public static readonly Word Closed = new("終息", "Closed");
    public static readonly Word NoIncidents = new("インシデントはありません。", "There are no incidents.");
    public static readonly Word Progress = new("攻撃の進行", "Attack progress");
    public static readonly Word FirstSeen = new("最初", "First");
    public static readonly Word LastSeen = new("最新", "Latest");
    public static readonly Word AlertCount = new("アラート数", "Alerts");
    public static readonly Word Remotes = new("通信相手", "Remotes");
    public static readonly Word Timeline = new("経過", "Timeline");
    public static readonly Word State = new("状態", "State");
    public static readonly Word Footer = new(
        "アラートがないことは安全の保証ではありません。取りこぼしと応答状況をあわせて確認してください。", "No alerts is not proof of safety: read it together with losses and silence.");

    /// <summary>By the wire's severity, 0 to 4.</summary>
    public static readonly Word[] Severities = [new("不明", "Unknown"), new("情報", "Info"), new("低", "Low"), new("中", "Medium"), new("高", "High")];

    /// <summary>Threat classes by slug.</summary>
    public static readonly (string Slug, Word Name)[] Classes =
    [
        ("reconnaissance", new("偵察活動", "Reconnaissance")),
        ("redirect-site", new("転送サイト", "Redirect site")),
        ("tampered-site", new("改ざんサイト", "Tampered site")),
        ("malicious-advertising", new("不正広告", "Malicious advertising")),
        ("browser-profiling-site", new("ブラウザー調査サイト", "Browser-profiling site")),
        ("browser-exploit-site", new("ブラウザー攻撃サイト", "Browser-exploit site")),
        ("exploit-kit-download", new("攻撃キットのダウンロード", "Exploit-kit download")),
        ("malware-download", new("マルウェアのダウンロード", "Malware download")),
        ("c2", new("C&C通信", "C&C communication")),
        ("ransomware", new("ランサムウェア", "Ransomware")),
        ("lateral-spread", new("内部への拡散", "Lateral spread")),
        ("tor", new("Tor通信", "Tor")),
        ("other", new("その他", "Other")),
    ];

    /// <summary>Kill-chain stages in the chain's order.</summary>
    public static readonly (string Slug, Word Name)[] Stages =
    [
        ("reconnaissance", new("偵察", "Reconnaissance")),
        ("delivery", new("配送", "Delivery")),
        ("exploitation", new("攻撃", "Exploitation")),
        ("installation", new("侵入・設置", "Installation")),
        ("command-and-control", new("遠隔操作", "Command & control")),
        ("actions", new("目的の実行", "Actions")),
    ];

    public static readonly (string Slug, Word Name)[] Confidences = [("high", new("高い", "High")), ("medium", new("中程度", "Medium")), ("low", new("低い", "Low"))];

    public static readonly (string Slug, Word Name)[] Actions = [("allowed", new("検知のみ（通過）", "Detected only (allowed)")), ("blocked", new("遮断", "Blocked"))];

    public static readonly (string Slug, Word Name)[] CaptureStates =
    [
        ("running", new("取得中", "Running")), ("starting", new("開始中", "Starting")), ("stopped", new("停止", "Stopped")), ("finished", new("完了", "Finished")), ("error", new("エラー", "Error")),
    ];
}
