using Sensor.Primitives;

namespace Sensor.Alerts.Explanations;

/// <summary>
/// The texts, one entry per threat class. For readers who run an office, not a security team: short sentences, no jargon
/// without its meaning, and always a first step that anybody can take. Japanese first, the same facts in English.
/// </summary>
public static class ExplanationCatalog
{
    private static readonly Explanation[] ByClass =
    [
        new(
            ThreatClass.Other,
            new("その他の注意が必要な通信", "Other suspicious traffic"),
            new(
                new(
                    "機器 {device} と {site} の間で、注意が必要な通信（{rule}）が見つかりました。",
                    "Traffic that deserves attention ({rule}) was seen between the device {device} and {site}."),
                new(
                    "機器 {device} の利用者に、心当たりのある操作かどうかを確認してください。心当たりがない場合や、同じ警告が繰り返される場合は、ウイルス対策ソフトで検査し、保守窓口に相談してください。",
                    "Ask the user of {device} whether this was intended. If not, or if the warning comes again, scan the device with antivirus software and contact your support desk."))),
        new(
            ThreatClass.Reconnaissance,
            new("偵察（攻撃の下調べ）", "Reconnaissance"),
            new(
                new(
                    "機器 {device} が、短い時間に {remote} などの多くの宛先や入口（ポート）へ接続を試みています。攻撃の前に、侵入できる場所を探す動きと似ています。",
                    "The device {device} is trying many addresses or ports (such as {remote}) within a short time. This is how an attacker looks for a way in."),
                new(
                    "点検ツールなどを使っていないか、{device} の利用者に確認してください。心当たりがなければ、LANケーブルを抜くか無線を切ってネットワークから切り離し、ウイルス対策ソフトで全体を検査してください。",
                    "Ask the user of {device} whether an inspection tool was running. If not, unplug the network cable or switch off Wi-Fi, and scan the whole device with antivirus software.")),
            new(
                new(
                    "外部の {remote} が、機器 {device} に侵入できる入口がないかを調べています。この時点で侵入されたわけではありません。",
                    "{remote} on the outside is looking for a way into the device {device}. This does not mean that it got in."),
                new(
                    "{device} をインターネットに公開する必要があるかを確認し、不要な公開は止めてください。公開が必要な場合は、機器のソフトウェアを最新の状態にし、ファイアウォールで {remote} からの通信を拒否してください。",
                    "Check whether {device} needs to be reachable from the internet, and close what is not needed. Where it is needed, bring the device's software up to date and block {remote} at the firewall."))),
        new(
            ThreatClass.RedirectSite,
            new("不正な転送サイト", "Redirect site"),
            new(
                new(
                    "機器 {device} で閲覧していたページから、利用者が気付かないうちに {site} へ転送されました。このような転送は、ウイルスを配るサイトへ訪問者を送り込むために使われます。",
                    "A page viewed on the device {device} passed the visitor on to {site} unnoticed. Such redirections are used to send visitors to sites that spread malware."),
                new(
                    "{device} のブラウザーを閉じ、直前に見ていたページを利用者に確認してください。OSとブラウザーを最新の状態に更新し、ウイルス対策ソフトで検査してください。同じ機器で別の警告が続いた場合は、すぐにネットワークから切り離してください。",
                    "Close the browser on {device} and ask the user which page was open. Update the operating system and the browser, and scan the device. If further warnings follow for the same device, disconnect it at once."))),
        new(
            ThreatClass.TamperedSite,
            new("改ざんされたサイト", "Tampered site"),
            new(
                new(
                    "機器 {device} が、第三者に書き換えられた疑いのあるWebサイト {site} を閲覧しました。このようなページには、見るだけでウイルスに感染させる仕掛けが埋め込まれていることがあります。",
                    "The device {device} visited the website {site}, which appears to have been altered by a third party. Such pages may infect a visitor who merely looks at them."),
                new(
                    "{site} の閲覧をしばらく控えるよう社内に知らせ、{device} をウイルス対策ソフトで検査してください。取引先など運営者が分かるサイトであれば、電話など別の手段で改ざんの疑いを伝えてください。",
                    "Tell everyone to stay away from {site} for now and scan {device} with antivirus software. If you know who runs the site, tell them by telephone or other means than the site itself."))),
        new(
            ThreatClass.MaliciousAdvertising,
            new("不正な広告", "Malicious advertising"),
            new(
                new(
                    "機器 {device} で閲覧したページに、{site} から配信された不正な広告が表示されました。広告を押さなくても、ウイルスを配るサイトへ誘導されることがあります。",
                    "A page viewed on the device {device} showed a malicious advertisement from {site}. It can lead to sites that spread malware even when nobody clicks on it."),
                new(
                    "広告や「ウイルスに感染しました」などの画面を押していないか、{device} の利用者に確認してください。押した場合や、何かをインストールした場合は、ネットワークから切り離して検査してください。ブラウザーは最新の状態に更新してください。",
                    "Ask the user of {device} whether an advertisement or a message such as \"your computer is infected\" was clicked. If so, or if anything was installed, disconnect the device and scan it. Update the browser."))),
        new(
            ThreatClass.BrowserExploitSite,
            new("ブラウザーを攻撃するサイト", "Browser-exploit site"),
            new(
                new(
                    "機器 {device} が、ブラウザーの弱点を突いてウイルスを送り込むサイト {site} を開きました。OSやブラウザーが古い場合は、すでに感染している可能性があります。",
                    "The device {device} opened {site}, a site that attacks weaknesses of browsers to install malware. If its software is out of date, it may be infected already."),
                new(
                    "{device} をすぐにネットワークから切り離し、ウイルス対策ソフトで全体を検査してください。検査が終わるまで、この機器でパスワードの入力や銀行の取引をしないでください。その後、OSとブラウザーを最新の状態に更新してください。",
                    "Disconnect {device} at once and scan all of it with antivirus software. Do not enter passwords or do banking on it until the scan is finished. Then update the operating system and the browser."))),
        new(
            ThreatClass.BrowserProfilingSite,
            new("ブラウザーを調べるサイト", "Browser-profiling site"),
            new(
                new(
                    "機器 {device} が開いた {site} が、ブラウザーや追加ソフトの種類とバージョンを調べていました。弱点に合った攻撃を選ぶための準備とみられます。",
                    "{site}, opened on the device {device}, collected the kinds and versions of the browser and its add-ons. This is how an attacker picks a fitting attack."),
                new(
                    "{device} のOS、ブラウザー、PDF閲覧ソフトなどを最新の状態に更新し、使っていない追加ソフトは削除してください。続けて別の警告が出ていないか、一覧で確認してください。",
                    "Update the operating system, the browser and programs such as the PDF reader on {device}, and remove add-ons that nobody uses. Check the list for further warnings about this device."))),
        new(
            ThreatClass.MalwareDownload,
            new("マルウェアのダウンロード", "Malware download"),
            new(
                new(
                    "機器 {device} が {site} から、ウイルス（マルウェア）とみられる{file}を受け取りました。開かれていれば、すでに感染している可能性があります。",
                    "The device {device} received {file} from {site}, which appears to be malware. If it was opened, the device may be infected already."),
                new(
                    "受け取ったファイルを開かないよう利用者に伝え、{device} をネットワークから切り離してください。開いてしまったかどうかを確認し、ウイルス対策ソフトで全体を検査してください。開いていた場合は、初期化を含めて保守窓口に相談してください。",
                    "Tell the user not to open the file, and disconnect {device} from the network. Find out whether it was opened, and scan the whole device. If it was opened, ask your support desk about reinstalling the device."))),
        new(
            ThreatClass.ExploitKitDownload,
            new("攻撃ツールによるダウンロード", "Exploit-kit download"),
            new(
                new(
                    "機器 {device} が、弱点を突く攻撃ツール（エクスプロイトキット）の {site} から{file}を自動的に受け取りました。利用者が何も操作していなくても、感染した可能性が高い状態です。",
                    "The device {device} automatically received {file} from {site}, an attack tool (exploit kit). It is probably infected even though the user did nothing."),
                new(
                    "{device} を今すぐネットワークから切り離し、使用をやめてください。検査で何も見つからなくても、保守窓口に相談して初期化を検討してください。この機器で使っていたパスワードは、別の機器から変更してください。",
                    "Disconnect {device} now and stop using it. Even if a scan finds nothing, ask your support desk about reinstalling it. Change the passwords used on it, from another device."))),
        new(
            ThreatClass.CommandAndControl,
            new("攻撃者の指令サーバーとの通信（C&C）", "Command and control (C&C)"),
            new(
                new(
                    "機器 {device} が、攻撃者の指令サーバーとみられる {site} と通信しました。すでにウイルスに感染し、外部から操作されているおそれがあります。",
                    "The device {device} communicated with {site}, which appears to be a control server of attackers. It may be infected and under outside control."),
                new(
                    "{device} を今すぐネットワークから切り離してください。電源は切らずにそのままにしてください（調査の手がかりが残ります）。保守窓口に連絡し、この機器で使っていたパスワードを別の機器から変更してください。",
                    "Disconnect {device} from the network now. Leave it switched on, so that traces are kept for the investigation. Contact your support desk, and change the passwords used on it, from another device."))),
        new(
            ThreatClass.Ransomware,
            new("ランサムウェア", "Ransomware"),
            new(
                new(
                    "機器 {device} で、ファイルを暗号化して身代金を要求するウイルス（ランサムウェア）の動きが見つかりました（通信の相手：{remote}）。つながっている共有フォルダーのファイルも被害を受けている可能性があります。",
                    "The device {device} shows signs of ransomware, malware that encrypts files and demands money (other side: {remote}). Files on connected shares may be affected too."),
                new(
                    "{device} のLANケーブルを抜き、無線も切ってください。ファイルサーバーやNASもネットワークから切り離し、バックアップ用の機器がつながっていれば取り外してください。身代金は支払わず、保守窓口と警察に相談してください。",
                    "Unplug the network cable of {device} and switch off its Wi-Fi. Disconnect file servers and NAS devices too, and detach backup drives. Do not pay; contact your support desk and the police."))),
        new(
            ThreatClass.LateralSpread,
            new("社内への感染の広がり", "Lateral spread"),
            new(
                new(
                    "機器 {device} が、社内の別の機器 {remote} を遠隔から操作しようとしました。感染した機器が、ほかの機器へ広がるときの動きです。",
                    "The device {device} tried to control another device of your network, {remote}. This is how an infection spreads from one device to the next."),
                new(
                    "システム管理者の作業でないかを確認してください。心当たりがなければ、{device} と {remote} の両方をネットワークから切り離し、ウイルス対策ソフトで検査してください。管理者のパスワードを変更し、ほかの機器にも警告が出ていないか確認してください。",
                    "Check whether this was work of your administrators. If not, disconnect both {device} and {remote} and scan them. Change the administrator passwords and look for warnings about other devices."))),
        new(
            ThreatClass.Tor,
            new("匿名通信（Tor）の利用", "Use of Tor"),
            new(
                new(
                    "機器 {device} が、通信の相手を隠す匿名通信（Tor）を使いました（相手：{site}）。情報の持ち出しや、ウイルスが攻撃者と連絡を取るために使われることがあります。",
                    "The device {device} used Tor, a network that hides who talks to whom (other side: {site}). It is also used to carry data away and by malware to contact attackers."),
                new(
                    "Torブラウザーなどを業務で使っているか、利用者に確認してください。使った覚えがない場合はウイルスによる通信のおそれがあるため、{device} をネットワークから切り離し、ウイルス対策ソフトで検査してください。",
                    "Ask the user whether Tor is used for work. If nobody used it, malware may be at work: disconnect {device} and scan it with antivirus software."))),
    ];

    public static IReadOnlyList<Explanation> All => ByClass;

    public static Explanation Of(ThreatClass threat) => ByClass[(int)threat < ByClass.Length ? (int)threat : 0];
}
