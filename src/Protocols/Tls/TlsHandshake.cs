using Sensor.Primitives;

namespace Sensor.Protocols.Tls;

/// <summary>Puts handshake messages together from records and reads those that say something (RFC 5246 section 7.4).</summary>
internal sealed class TlsHandshake(TlsPool pool, TlsSettings settings)
{
    /// <summary>Type and 24-bit length.</summary>
    private const int Header = 4;

    public void Read(ReadOnlySpan<byte> fragment, TlsTransaction connection, ref TlsSide side, Direction direction)
    {
        while (!fragment.IsEmpty)
        {
            if (side.SkipMessage > 0)
            {
                int skipped = Math.Min(side.SkipMessage, fragment.Length);
                side.SkipMessage -= skipped;
                fragment = fragment[skipped..];
            }
            else if (side.Message.Length > 0 || fragment.Length < Header)
            {
                if (!Collect(ref fragment, connection, ref side, direction)) return;
            }
            else if (!Admit(fragment[0], Whole(fragment), connection, ref side))
            {
                if (side.SkipMessage == 0) return;
            }
            else if (Whole(fragment) > fragment.Length)
            {
                if (!Collect(ref fragment, connection, ref side, direction)) return;
            }
            else
            {
                int whole = Whole(fragment);
                Message(fragment[0], fragment[Header..whole], connection, ref side, direction);
                fragment = fragment[whole..];
            }
        }
    }

    private static int Whole(ReadOnlySpan<byte> message) => Header + ((message[1] << 16) | (message[2] << 8) | message[3]);

    /// <summary>False for a message that is not kept: of unknown type (the rest of the record is of no use), or too long (then it is set to be skipped).</summary>
    private static bool Admit(byte type, int whole, TlsTransaction connection, ref TlsSide side)
    {
        if (!HandshakeType.IsKnown(type))
        {
            connection.Raise(TlsEvent.InvalidHandshakeMessage);
            return false;
        }

        if (whole <= TlsLimits.Message) return true;
        connection.Raise(TlsEvent.HandshakeLimitReached);
        side.SkipMessage = whole;
        return false;
    }

    /// <summary>Takes what belongs to the message that began in an earlier record, or begins one. False when the rest of the record is of no use.</summary>
    private bool Collect(ref ReadOnlySpan<byte> fragment, TlsTransaction connection, ref TlsSide side, Direction direction)
    {
        if (side.Message.Length < Header && !Take(ref fragment, Header - side.Message.Length, connection, ref side)) return false;
        if (side.Message.Length < Header) return true;
        int whole = Whole(side.Message.Span);
        if (side.Message.Length == Header && !Admit(side.Message.Span[0], whole, connection, ref side))
        {
            side.Message.Release();
            side.SkipMessage -= side.SkipMessage > 0 ? Header : 0;
            return side.SkipMessage > 0;
        }

        if (!Take(ref fragment, whole - side.Message.Length, connection, ref side)) return false;
        if (side.Message.Length < whole) return true;
        Message(side.Message.Span[0], side.Message.Span[Header..], connection, ref side, direction);
        side.Message.Release();
        return true;
    }

    private static bool Take(ref ReadOnlySpan<byte> fragment, int wanted, TlsTransaction connection, ref TlsSide side)
    {
        int taken = Math.Min(wanted, fragment.Length);
        if (!side.Message.TryAppend(fragment[..taken], TlsLimits.Message))
        {
            connection.Raise(TlsEvent.HandshakeLimitReached);
            side.Message.Release();
            return false;
        }

        fragment = fragment[taken..];
        return true;
    }

    private void Message(byte type, ReadOnlySpan<byte> body, TlsTransaction connection, ref TlsSide side, Direction direction)
    {
        bool fromClient = direction == Direction.ToServer;
        switch (type)
        {
            case HandshakeType.ClientHello when fromClient:
                ClientHello(body, connection, ref side);
                break;
            case HandshakeType.ServerHello when !fromClient:
                ServerHello(body, connection, ref side);
                break;
            case HandshakeType.ClientHello or HandshakeType.ServerHello:
                connection.Raise(TlsEvent.InvalidHandshakeMessage);
                break;
            case HandshakeType.Certificate when !side.HasCertificate && !TlsVersion.Is13(connection.ServerVersion):
                side.HasCertificate = true;
                CertificateReader.ReadChain(body, connection, ref connection.Certificates(direction));
                Advance(connection, fromClient, TlsProgress.ClientCertificate, TlsProgress.ServerCertificate);
                break;
            case HandshakeType.ServerKeyExchange when !fromClient:
                connection.States |= TlsStates.ServerKeyExchange;
                Advance(connection, false, 0, TlsProgress.ServerCertificate);
                break;
            case HandshakeType.ServerHelloDone when !fromClient:
                Advance(connection, false, 0, TlsProgress.ServerHelloDone);
                break;
            case HandshakeType.ClientKeyExchange when fromClient:
                connection.States |= TlsStates.ClientKeyExchange;
                Advance(connection, true, TlsProgress.ClientCertificate, 0);
                break;
        }
    }

    /// <summary>The first hello counts: one after a retry request, or inside an attack, changes neither name nor fingerprint.</summary>
    private void ClientHello(ReadOnlySpan<byte> body, TlsTransaction connection, ref TlsSide side)
    {
        if (!side.HasHello) TlsHelloReader.Client(body, connection, settings, pool.Lists);
        side.HasHello = true;
        connection.States |= TlsStates.ClientHello;
        Advance(connection, true, TlsProgress.ClientHello, 0);
    }

    private void ServerHello(ReadOnlySpan<byte> body, TlsTransaction connection, ref TlsSide side)
    {
        if (!side.HasHello) TlsHelloReader.Server(body, connection, settings, pool.Lists);
        side.HasHello = true;
        connection.States |= TlsStates.ServerHello;
        Advance(connection, false, 0, TlsProgress.ServerHello);
    }

    private static void Advance(TlsTransaction connection, bool fromClient, int request, int response)
    {
        if (fromClient) connection.RequestProgress = Math.Max(connection.RequestProgress, request);
        else connection.ResponseProgress = Math.Max(connection.ResponseProgress, response);
    }
}
