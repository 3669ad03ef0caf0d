namespace Sensor.Protocols;

/// <summary>The protocols this sensor speaks. Adding one is a folder and one line here.</summary>
public static class ProtocolCatalog
{
    public static IReadOnlyList<IAppProtocol> All { get; } =
    [
        new Http.HttpProtocol(),
        new Http2.Http2Protocol(),
        Dns.DnsProtocol.Dns,
        Dns.DnsProtocol.MulticastDns,
        Dns.DnsProtocol.LinkLocal,
        new Tls.TlsProtocol(),
        new Smtp.SmtpProtocol(),
        new Ftp.FtpProtocol(),
        new FtpData.FtpDataProtocol(),
        new Ssh.SshProtocol(),
        new Pop3.Pop3Protocol(),
        new Imap.ImapProtocol(),
        new Telnet.TelnetProtocol(),
        new Tftp.TftpProtocol(),
        new Rfb.RfbProtocol(),
        new Rdp.RdpProtocol(),
        new Mqtt.MqttProtocol(),
        new Quic.QuicProtocol(),
        new Sip.SipProtocol(),
        new Pgsql.PgsqlProtocol(),
        new Dcerpc.DcerpcProtocol(),
        new Smb.SmbProtocol(),
        new Krb5.Krb5Protocol(),
        new Snmp.SnmpProtocol(),
    ];

    public static IAppProtocol? Find(string name)
    {
        foreach (IAppProtocol protocol in All)
        {
            if (protocol.Name == name) return protocol;
        }

        return null;
    }
}
