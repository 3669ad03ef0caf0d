namespace Sensor.Detection.Keywords.Buffers;

/// <summary>
/// Keywords of the language that belong to protocols this sensor may not read yet. They are not unknown words, and the
/// refusal says what is missing. A protocol that declares such a buffer makes its keyword work; nothing changes here.
/// </summary>
internal static class KnownBuffers
{
    private static readonly (string Prefix, string Protocol)[] Prefixes =
    [
        ("http2.", "HTTP/2"), ("http.", "HTTP"), ("http_", "HTTP"), ("dns.", "DNS"), ("mdns.", "mDNS"), ("tls.", "TLS"), ("tls_", "TLS"), ("ssl_", "TLS"),
        ("ja3", "TLS or QUIC"), ("ja4", "TLS or QUIC"), ("quic.", "QUIC"), ("smtp.", "SMTP"), ("email.", "mail"), ("ftp", "FTP"), ("smb", "SMB"),
        ("dcerpc.", "DCERPC"), ("dce_", "DCERPC"), ("ssh", "SSH"), ("krb5", "Kerberos"), ("ldap.", "LDAP"), ("rdp.", "RDP"), ("snmp.", "SNMP"),
        ("dhcp.", "DHCP"), ("tftp", "TFTP"), ("ike.", "IKE"), ("ntp.", "NTP"), ("mqtt.", "MQTT"), ("sip.", "SIP"), ("sdp.", "SDP"), ("nfs", "NFS"),
        ("pgsql.", "PostgreSQL"), ("modbus", "Modbus"), ("dnp3", "DNP3"), ("enip", "ENIP"), ("cip_", "ENIP"), ("websocket.", "WebSocket"), ("rfb.", "RFB"),
        ("file.", "files"), ("file", "files"), ("asn1", "ASN.1"), ("vxlan", "VXLAN"), ("frame", "protocol frames"), ("app-layer-state", "protocol states"),
    ];

    /// <summary>Why a keyword cannot be used, or null for words that belong to none of the protocols.</summary>
    public static string? Explain(string keyword)
    {
        string? present = StickyBuffer.Present(keyword);
        foreach ((string prefix, string protocol) in Prefixes)
        {
            if (!(present ?? keyword).StartsWith(prefix, StringComparison.Ordinal)) continue;
            if (present is null && !Words.Contains(keyword)) continue;
            return $"cannot use {keyword}: this sensor does not read {protocol} far enough yet";
        }

        return null;
    }

    // Words seen in published rules and in the user guide; a word not here is taken for a slip of the pen.
    private static readonly HashSet<string> Words =
    [
        "http.uri", "http.uri.raw", "http.method", "http.header", "http.header.raw", "http.cookie", "http.request_body", "http.response_body", "http.stat_code",
        "http.stat_msg", "http.user_agent", "http.host", "http.host.raw", "http.content_type", "http.content_len", "http.referer", "http.location", "http.server",
        "http.accept", "http.accept_enc", "http.accept_lang", "http.connection", "http.protocol", "http.start", "http.header_names", "http.request_line",
        "http.response_line", "http.request_header", "http.response_header", "http2.frametype", "http2.errorcode", "http2.priority", "http2.window", "http2.size_update",
        "http2.settings", "http2.header_name", "http2.header", "dns.query", "dns.opcode", "dns.rcode", "dns.rrtype", "dns.queries.rrname", "dns.answers.rrname",
        "dns.authorities.rrname", "dns.additionals.rrname", "dns.response.rrname", "dns.query.name", "dns.answer.name", "mdns.queries.rrname", "mdns.answers.rrname",
        "mdns.authorities.rrname", "mdns.additionals.rrname", "mdns.response.rrname", "tls.sni", "tls.certs", "tls.cert_subject",
        "tls.cert_issuer", "tls.cert_serial", "tls.cert_fingerprint", "tls.cert_chain_len", "tls.subject", "tls.issuerdn", "tls.fingerprint", "tls.version", "tls.store",
        "tls.random", "tls.random_time", "tls.random_bytes", "tls.alpn", "tls.subjectaltname", "tls_cert_notbefore", "tls_cert_notafter", "tls_cert_expired",
        "tls_cert_valid", "ssl_version", "ssl_state", "ja3.hash", "ja3.string", "ja3s.hash", "ja3s.string", "ja4.hash", "quic.version", "quic.sni", "quic.ua", "quic.cyu.hash", "quic.cyu.string",
        "smtp.helo", "smtp.mail_from", "smtp.rcpt_to", "email.from", "email.to", "email.subject", "email.cc", "email.date", "email.message_id", "email.x_mailer",
        "email.url", "email.received", "email.body_md5", "email.command", "ftpbounce", "ftpdata_command", "ftp.command", "ftp.command_data", "ftp.dynamic_port", "ftp.mode",
        "ftp.reply", "ftp.reply_received", "ftp.completion_code", "smb.named_pipe", "smb.share", "smb.ntlmssp_user", "smb.ntlmssp_domain", "smb.version", "dcerpc.iface",
        "dcerpc.opnum", "dcerpc.stub_data", "dce_iface", "dce_opnum", "dce_stub_data", "ssh.proto", "ssh.software", "ssh.protoversion", "ssh.softwareversion", "ssh.hassh",
        "ssh.hassh.string", "ssh.hassh.server", "ssh.hassh.server.string", "krb5_msg_type", "krb5_err_code", "krb5.cname", "krb5.sname", "krb5.ticket_encryption",
        "ldap.request.operation", "ldap.responses.operation", "ldap.responses.count", "ldap.request.dn", "ldap.responses.dn", "ldap.responses.result_code",
        "ldap.responses.message", "ldap.request.attribute_type", "ldap.responses.attribute_type", "snmp.version", "snmp.community", "snmp.usm", "snmp.pdu_type",
        "snmp.trap_type", "dhcp.leasetime", "dhcp.rebinding_time", "dhcp.renewal_time", "tftp.opcode", "tftp.file", "tftp.mode",
        "ike.init_spi", "ike.resp_spi", "ike.chosen_sa_attribute", "ike.exchtype", "ike.vendor", "ike.key_exchange_payload", "ike.key_exchange_payload_length",
        "ike.nonce_payload", "ike.nonce_payload_length", "ntp.version", "ntp.mode", "mqtt.type", "mqtt.flags", "mqtt.qos", "mqtt.protocol_version", "mqtt.reason_code",
        "mqtt.connack.session_present", "mqtt.connect.clientid", "mqtt.connect.flags", "mqtt.connect.password", "mqtt.connect.protocol_string", "mqtt.connect.username",
        "mqtt.connect.willmessage", "mqtt.connect.willtopic", "mqtt.publish.message", "mqtt.publish.topic", "mqtt.subscribe.topic", "mqtt.unsubscribe.topic",
        "sip.method", "sip.uri", "sip.protocol", "sip.stat_code", "sip.stat_msg", "sip.request_line", "sip.response_line", "sip.from", "sip.to", "sip.via",
        "sip.user_agent", "sip.content_type", "sip.content_length", "sdp.session_name", "sdp.origin", "sdp.attribute", "sdp.encryption_key", "sdp.bandwidth",
        "sdp.connection_data", "sdp.session_info", "sdp.uri", "sdp.email", "sdp.phone_number", "sdp.time", "sdp.repeat_time", "sdp.timezone", "sdp.media.media",
        "sdp.media.session_info", "sdp.media.connection_data", "sdp.media.encryption_key", "nfs_procedure", "nfs_version", "nfs.version", "pgsql.query", "modbus", "dnp3_func", "dnp3_ind", "dnp3_obj",
        "dnp3_data", "dnp3.data", "enip_command", "cip_service", "enip.status", "enip.protocol_version", "enip.cip_attribute", "enip.cip_instance", "enip.cip_class",
        "enip.cip_extendedstatus", "enip.cip_status", "enip.revision", "enip.identity_status", "enip.state", "enip.serial", "enip.product_code", "enip.device_type",
        "enip.vendor_id", "enip.product_name", "enip.service_name", "enip.capabilities", "websocket.payload", "websocket.flags", "websocket.mask", "websocket.opcode",
        "rfb.name", "rfb.sectype", "rfb.secresult", "file.data", "file.name", "file.magic", "filename", "fileext", "filemagic", "filesize", "filemd5", "filesha1",
        "filesha256", "asn1", "vxlan_vni", "frame", "app-layer-state",
    ];
}
