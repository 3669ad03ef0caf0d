using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sensor.Protocols.Quic;

/// <summary>
/// The keys that open one side's Initial packets (RFC 9001 section 5). They follow from the connection id the client
/// chose, so they are no secret; the tag still tells packets that the other side would not accept.
/// Each set costs three objects of the library, made once per flow and side and given back with the side's hello.
/// </summary>
internal sealed class QuicKeys : IDisposable
{
    private const int SecretLength = 32, KeyLength = 16, NonceLength = 12, SampleLength = 16, TagLength = 16, LongestNumber = 4;

    private readonly AesGcm _content;
    private readonly Aes _headerCipher;
    private readonly ICryptoTransform _header;
    private readonly byte[] _nonce = new byte[NonceLength];
    private readonly byte[] _sample = new byte[SampleLength];
    private readonly byte[] _mask = new byte[SampleLength];

    private QuicKeys(ReadOnlySpan<byte> secret, uint version)
    {
        bool isV2 = version == QuicVersion.V2;
        Span<byte> key = stackalloc byte[KeyLength];
        Expand(secret, isV2 ? "quicv2 key"u8 : "quic key"u8, key);
        _content = new AesGcm(key, TagLength);
        Expand(secret, isV2 ? "quicv2 iv"u8 : "quic iv"u8, _nonce);
        byte[] headerKey = new byte[KeyLength];
        Expand(secret, isV2 ? "quicv2 hp"u8 : "quic hp"u8, headerKey);
        _headerCipher = Aes.Create();
        _headerCipher.Mode = CipherMode.ECB; // one block, as RFC 9001 section 5.4.3 says
        _headerCipher.Padding = PaddingMode.None;
        _header = _headerCipher.CreateEncryptor(headerKey, null);
    }

    /// <summary>Null when the version's salt is not known.</summary>
    public static QuicKeys? For(uint version, ReadOnlySpan<byte> destination, bool fromClient)
    {
        ReadOnlySpan<byte> salt = QuicVersion.Salt(version);
        if (salt.IsEmpty) return null;
        Span<byte> initial = stackalloc byte[SecretLength];
        HMACSHA256.HashData(salt, destination, initial);
        Span<byte> secret = stackalloc byte[SecretLength];
        Expand(initial, fromClient ? "client in"u8 : "server in"u8, secret);
        return new QuicKeys(secret, version);
    }

    /// <summary>Opens a packet: takes the protection off its header, then decrypts its content into <paramref name="content"/>.</summary>
    /// <param name="packet">From its first to its last byte.</param>
    /// <param name="header">Scratch for the header, <paramref name="again"/> for the check; each at least as long as the packet.</param>
    public bool TryOpen(ReadOnlySpan<byte> packet, int numberAt, byte[] header, byte[] content, byte[] again, out int length)
    {
        length = 0;
        if (packet.Length < numberAt + LongestNumber + SampleLength) return false;
        packet.Slice(numberAt + LongestNumber, SampleLength).CopyTo(_sample);
        _header.TransformBlock(_sample, 0, SampleLength, _mask, 0);

        packet[..(numberAt + LongestNumber)].CopyTo(header);
        header[0] ^= (byte)(_mask[0] & 0x0f);
        int numberLength = (header[0] & 3) + 1;
        uint number = 0;
        for (int i = 0; i < numberLength; i++)
        {
            header[numberAt + i] ^= _mask[1 + i];
            number = (number << 8) | header[numberAt + i];
        }

        int headerLength = numberAt + numberLength;
        ReadOnlySpan<byte> sealedContent = packet[headerLength..];
        if (sealedContent.Length < TagLength) return false;
        length = sealedContent.Length - TagLength;
        Span<byte> nonce = stackalloc byte[NonceLength];
        _nonce.CopyTo(nonce);
        Span<byte> last = nonce[(NonceLength - 4)..];
        BinaryPrimitives.WriteUInt32BigEndian(last, BinaryPrimitives.ReadUInt32BigEndian(last) ^ number);
        Span<byte> plain = content.AsSpan(0, length);
        Span<byte> tag = stackalloc byte[TagLength];

        // The library's Decrypt says "wrong tag" by throwing, and this comes from the wire. The cipher is a stream: sealing
        // the sealed bytes opens them, and sealing the result again gives the tag that must have come with them.
        _content.Encrypt(nonce, sealedContent[..length], plain, tag);
        _content.Encrypt(nonce, plain, again.AsSpan(0, length), tag, header.AsSpan(0, headerLength));
        return tag.SequenceEqual(sealedContent[length..]);
    }

    public void Dispose()
    {
        _content.Dispose();
        _header.Dispose();
        _headerCipher.Dispose();
    }

    /// <summary>HKDF-Expand-Label (RFC 8446 section 7.1) of at most one block.</summary>
    private static void Expand(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, Span<byte> into)
    {
        Span<byte> info = stackalloc byte[32];
        ReadOnlySpan<byte> prefix = "tls13 "u8;
        BinaryPrimitives.WriteUInt16BigEndian(info, (ushort)into.Length);
        info[2] = (byte)(prefix.Length + label.Length);
        prefix.CopyTo(info[3..]);
        label.CopyTo(info[(3 + prefix.Length)..]);
        int length = 3 + prefix.Length + label.Length;
        info[length++] = 0; // no context
        info[length++] = 1; // the first block
        Span<byte> block = stackalloc byte[SecretLength];
        HMACSHA256.HashData(secret, info[..length], block);
        block[..into.Length].CopyTo(into);
    }
}
