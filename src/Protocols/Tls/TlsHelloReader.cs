using Sensor.Primitives;

namespace Sensor.Protocols.Tls;

/// <summary>Reads the two hellos (RFC 8446 sections 4.1.2 and 4.1.3, RFC 5246 section 7.4.1) into a connection.</summary>
internal static class TlsHelloReader
{
    private const int RandomLength = 32;

    /// <summary>Only host names are defined as server names (RFC 6066 section 3).</summary>
    private const byte HostName = 0;

    /// <param name="transport">For JA4: <c>t</c> for TCP, <c>q</c> for QUIC.</param>
    public static void Client(ReadOnlySpan<byte> hello, TlsTransaction connection, TlsSettings settings, HelloLists lists, byte transport = (byte)'t')
    {
        lists.Clear();
        var cursor = new ByteCursor(hello);
        if (!cursor.TryReadUInt16(out ushort version))
        {
            connection.Raise(TlsEvent.HandshakeInvalidLength);
            return;
        }

        connection.ClientVersion = version;
        if (!cursor.TryReadBytes(RandomLength, out ReadOnlySpan<byte> random)
            || !cursor.TryReadVector8(out ReadOnlySpan<byte> session)
            || !cursor.TryReadVector16(out ReadOnlySpan<byte> ciphers)
            || !cursor.TryReadVector8(out _))
        {
            connection.Raise(TlsEvent.HandshakeInvalidLength);
            return;
        }

        connection.ClientRandom = connection.Keep(random);
        connection.SessionId = connection.Keep(session);
        lists.CipherSuites.AddAll(ciphers);
        var offer = new ClientOffer { HighestVersion = version };
        if (cursor.Remaining > 0 && (!cursor.TryReadVector16(out ReadOnlySpan<byte> extensions) || !ClientExtensions(extensions, connection, lists, ref offer)))
        {
            connection.Raise(TlsEvent.HandshakeInvalidLength);
        }

        if (settings.Ja3) Ja3.Client(connection, version, lists);
        if (settings.Ja4) Ja4.Client(connection, offer.HighestVersion, offer.FirstProtocol, lists, transport);
    }

    /// <summary>What the fingerprint needs to know beside the lists.</summary>
    private ref struct ClientOffer
    {
        public int HighestVersion;
        public ReadOnlySpan<byte> FirstProtocol;
    }

    private static bool ClientExtensions(ReadOnlySpan<byte> extensions, TlsTransaction connection, HelloLists lists, ref ClientOffer offer)
    {
        var cursor = new ByteCursor(extensions);
        while (cursor.Remaining > 0)
        {
            if (!cursor.TryReadUInt16(out ushort type) || !cursor.TryReadVector16(out ReadOnlySpan<byte> data)) return false;
            if (!TlsVersion.IsGrease(type)) lists.Extensions.Add(type);
            if (!ClientExtension(type, data, connection, lists, ref offer)) connection.Raise(TlsEvent.HandshakeInvalidLength);
        }

        return true;
    }

    private static bool ClientExtension(ushort type, ReadOnlySpan<byte> data, TlsTransaction connection, HelloLists lists, ref ClientOffer offer)
    {
        var cursor = new ByteCursor(data);
        ReadOnlySpan<byte> inner;
        switch (type)
        {
            case ExtensionType.ServerName:
                ServerName(data, connection);
                return true;
            case ExtensionType.SupportedGroups:
                if (!cursor.TryReadVector16(out inner)) return false;
                lists.Groups.AddAll(inner);
                return true;
            case ExtensionType.PointFormats:
                if (!cursor.TryReadVector8(out inner)) return false;
                foreach (byte format in inner) lists.PointFormats.Add(format);
                return true;
            case ExtensionType.SignatureAlgorithms:
                if (!cursor.TryReadVector16(out inner)) return false;
                lists.SignatureAlgorithms.AddAll(inner);
                return true;
            case ExtensionType.ApplicationProtocols:
                return cursor.TryReadVector16(out inner) && Protocols(inner, connection, ref connection.ClientProtocols, out offer.FirstProtocol);
            case ExtensionType.SupportedVersions:
                if (!cursor.TryReadVector8(out inner)) return false;
                offer.HighestVersion = Highest(inner, offer.HighestVersion);
                return true;
            case ExtensionType.EncryptedClientHello:
                connection.HasEncryptedClientHello = true;
                return true;
            default:
                return true;
        }
    }

    /// <summary>RFC 6066 section 3: a list of names with their types, of which only the first is used by anybody.</summary>
    private static void ServerName(ReadOnlySpan<byte> data, TlsTransaction connection)
    {
        if (connection.HasServerName)
        {
            connection.Raise(TlsEvent.MultipleSniExtensions);
            return;
        }

        connection.HasServerName = true;
        if (data.IsEmpty) return;
        var cursor = new ByteCursor(data);
        if (!cursor.TryReadVector16(out ReadOnlySpan<byte> list))
        {
            connection.Raise(TlsEvent.InvalidSniLength);
            return;
        }

        var names = new ByteCursor(list);
        if (!names.TryReadByte(out byte type) || (type == HostName && names.Remaining < 2)) connection.Raise(TlsEvent.InvalidSniLength);
        else if (type != HostName) connection.Raise(TlsEvent.InvalidSniType);
        else if (!names.TryReadVector16(out ReadOnlySpan<byte> name) || name.IsEmpty) connection.Raise(TlsEvent.InvalidSniLength);
        else connection.ServerName = connection.Keep(name);
    }

    private static bool Protocols(ReadOnlySpan<byte> list, TlsTransaction connection, ref TlsTexts protocols, out ReadOnlySpan<byte> first)
    {
        first = default;
        protocols = default;
        var cursor = new ByteCursor(list);
        while (cursor.Remaining > 0)
        {
            if (!cursor.TryReadVector8(out ReadOnlySpan<byte> protocol)) return false;
            if (protocols.Count == 0) first = protocol;
            if (!connection.TryAdd(ref protocols, protocol)) return true;
        }

        return true;
    }

    private static int Highest(ReadOnlySpan<byte> versions, int otherwise)
    {
        int highest = 0;
        var cursor = new ByteCursor(versions);
        while (cursor.TryReadUInt16(out ushort version))
        {
            if (!TlsVersion.IsGrease(version) && version > highest && version <= TlsVersion.Tls13) highest = version;
        }

        return highest == 0 ? otherwise : highest;
    }

    public static void Server(ReadOnlySpan<byte> hello, TlsTransaction connection, TlsSettings settings, HelloLists lists)
    {
        lists.Clear();
        var cursor = new ByteCursor(hello);
        if (!cursor.TryReadUInt16(out ushort version) || !cursor.TryReadBytes(RandomLength, out ReadOnlySpan<byte> random))
        {
            connection.Raise(TlsEvent.HandshakeInvalidLength);
            return;
        }

        // Drafts of TLS 1.3 up to 21 name their version here, the earliest ones as 3.4, and leave session and compression out.
        connection.ServerVersion = version == TlsVersion.Tls13 ? TlsVersion.EarlyDraft13 : version;
        connection.ServerRandom = connection.Keep(random);
        bool isShort = TlsVersion.IsDraft13(connection.ServerVersion);
        ReadOnlySpan<byte> session = default;
        if ((!isShort && !cursor.TryReadVector8(out session)) || !cursor.TryReadUInt16(out ushort cipherSuite) || (!isShort && !cursor.TrySkip(1)))
        {
            connection.Raise(TlsEvent.HandshakeInvalidLength);
            return;
        }

        connection.CipherSuite = cipherSuite;
        bool sameSession = !session.IsEmpty && session.SequenceEqual(connection.Bytes(connection.SessionId));
        if (cursor.Remaining > 0 && (!cursor.TryReadVector16(out ReadOnlySpan<byte> extensions) || !ServerExtensions(extensions, connection, lists)))
        {
            connection.Raise(TlsEvent.HandshakeInvalidLength);
        }

        // Before 1.3 the echo of the session's id is the server's word for "resumed"; 1.3 echoes for old middleboxes' sake.
        if (sameSession && !TlsVersion.Is13(connection.ServerVersion)) connection.IsResumed = true;
        if (settings.Ja3) Ja3.Server(connection, version, cipherSuite, lists);
    }

    private static bool ServerExtensions(ReadOnlySpan<byte> extensions, TlsTransaction connection, HelloLists lists)
    {
        var cursor = new ByteCursor(extensions);
        while (cursor.Remaining > 0)
        {
            if (!cursor.TryReadUInt16(out ushort type) || !cursor.TryReadVector16(out ReadOnlySpan<byte> data)) return false;
            if (!TlsVersion.IsGrease(type)) lists.Extensions.Add(type);
            var inner = new ByteCursor(data);
            switch (type)
            {
                case ExtensionType.SupportedVersions:
                    if (!inner.TryReadUInt16(out ushort chosen)) return false;
                    connection.ServerVersion = chosen;
                    break;
                case ExtensionType.ApplicationProtocols:
                    if (!inner.TryReadVector16(out ReadOnlySpan<byte> list) || !Protocols(list, connection, ref connection.ServerProtocols, out _)) return false;
                    break;
                case ExtensionType.PreSharedKey:
                    connection.IsResumed = true;
                    break;
            }
        }

        return true;
    }
}
