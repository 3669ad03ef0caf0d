using Sensor.Primitives;

namespace Sensor.Protocols.Tls;

/// <summary>What rules can look into (user guide, "SSL/TLS Keywords", "JA3/JA4 Keywords").</summary>
internal static class TlsBuffers
{
    private const int RandomTimeLength = 4;

    private delegate TlsText Pick(TlsTransaction connection, Direction direction);

    private delegate TlsTexts PickSeveral(TlsTransaction connection, Direction direction);

    public static IReadOnlyList<BufferDefinition> All { get; } =
    [
        Hello("tls.sni", Direction.ToServer, (connection, _) => connection.ServerName),
        Hello("tls.random", null, (connection, direction) => Random(connection, direction, 0, int.MaxValue)),
        Hello("tls.random_time", null, (connection, direction) => Random(connection, direction, 0, RandomTimeLength)),
        Hello("tls.random_bytes", null, (connection, direction) => Random(connection, direction, RandomTimeLength, int.MaxValue)),
        Hello("ja3.hash", Direction.ToServer, (connection, _) => connection.Ja3Hash),
        Hello("ja3.string", Direction.ToServer, (connection, _) => connection.Ja3Text),
        Hello("ja3s.hash", Direction.ToClient, (connection, _) => connection.Ja3ServerHash),
        Hello("ja3s.string", Direction.ToClient, (connection, _) => connection.Ja3ServerText),
        Hello("ja4.hash", Direction.ToServer, (connection, _) => connection.Ja4),
        Several("tls.alpn", TlsProgress.ClientHello, TlsProgress.ServerHello,
            (connection, direction) => direction == Direction.ToServer ? connection.ClientProtocols : connection.ServerProtocols),
        Certificate("tls.cert_subject", (connection, direction) => connection.Certificates(direction).Subject),
        Certificate("tls.cert_issuer", (connection, direction) => connection.Certificates(direction).Issuer),
        Certificate("tls.cert_serial", (connection, direction) => connection.Certificates(direction).Serial),
        Certificate("tls.cert_fingerprint", (connection, direction) => connection.Certificates(direction).Fingerprint),
        Several("tls.subjectaltname", TlsProgress.ClientCertificate, TlsProgress.ServerCertificate, (connection, direction) => connection.Certificates(direction).AlternativeNames),
        Several("tls.certs", TlsProgress.ClientCertificate, TlsProgress.ServerCertificate, (connection, direction) => connection.Certificates(direction).Chain),
    ];

    private static TlsText Random(TlsTransaction connection, Direction direction, int start, int most)
    {
        TlsText random = direction == Direction.ToServer ? connection.ClientRandom : connection.ServerRandom;
        return random.Length <= start ? default : new TlsText(random.Start + start, Math.Min(most, random.Length - start));
    }

    private static BufferDefinition Hello(string name, Direction? side, Pick pick) =>
        new(name, side, TlsProgress.ClientHello, TlsProgress.ServerHello, One(pick));

    private static BufferDefinition Certificate(string name, Pick pick) =>
        new(name, null, TlsProgress.ClientCertificate, TlsProgress.ServerCertificate, One(pick));

    private static BufferReader One(Pick pick) => (Transaction transaction, Direction direction, int index, out BufferView view) =>
    {
        view = default;
        if (index > 0) return false;
        var connection = (TlsTransaction)transaction;
        TlsText text = pick(connection, direction);
        if (text.Length == 0) return false;
        view.Bytes = connection.Bytes(text);
        view.IsFinal = true;
        return true;
    };

    private static BufferDefinition Several(string name, int request, int response, PickSeveral pick) => new(name, null, request, response,
        (Transaction transaction, Direction direction, int index, out BufferView view) =>
        {
            view = default;
            var connection = (TlsTransaction)transaction;
            TlsTexts texts = pick(connection, direction);
            if (index >= texts.Count) return false;
            view.Bytes = connection.Bytes(texts, index);
            view.IsFinal = true;
            return true;
        })
    { IsMultiple = true };
}
