using System.Buffers.Binary;
using System.Text;

namespace Sensor.Tests.Protocols.Smb;

/// <summary>Records and messages of SMB as bytes.</summary>
internal static class SmbBytes
{
    public static readonly byte[] FileId = [1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0xff, 0xff, 0xff, 0xff];

    public static byte[] Record(params byte[][] messages)
    {
        int length = messages.Sum(one => one.Length);
        return [0, (byte)(length >> 16), (byte)(length >> 8), (byte)length, .. messages.SelectMany(one => one)];
    }

    public static byte[] Message2(int command, ulong id, byte[] body, bool response = false, uint status = 0, uint tree = 1, int next = 0)
    {
        byte[] bytes = new byte[64 + body.Length];
        bytes[0] = 0xfe;
        bytes[1] = (byte)'S';
        bytes[2] = (byte)'M';
        bytes[3] = (byte)'B';
        bytes[4] = 64;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), status);
        bytes[12] = (byte)command;
        bytes[16] = (byte)(response ? 1 : 0);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(20), next);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), id);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(36), tree);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(40), 0x51);
        body.CopyTo(bytes, 64);
        return bytes;
    }

    public static byte[] TreeConnect(ulong id, string path)
    {
        byte[] name = Encoding.Unicode.GetBytes(path);
        return Message2(3, id, [9, 0, 0, 0, 72, 0, (byte)name.Length, 0, .. name], tree: 0);
    }

    public static byte[] TreeConnected(ulong id, byte type) => Message2(3, id, [16, 0, type, .. new byte[13]], response: true);

    public static byte[] Create(ulong id, string path, uint options = 0, int next = 0)
    {
        byte[] name = Encoding.Unicode.GetBytes(path), body = new byte[56];
        body[0] = 57;
        body[36] = 1;
        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(40), options);
        body[44] = 120;
        body[46] = (byte)name.Length;
        byte[] all = [.. body, .. name];
        if (next > 0) Array.Resize(ref all, next - 64);
        return Message2(5, id, all, next: next);
    }

    public static byte[] Created(ulong id)
    {
        byte[] body = new byte[88];
        body[0] = 89;
        FileId.CopyTo(body, 64);
        return Message2(5, id, body, response: true);
    }

    public static byte[] Write(ulong id, ulong offset, byte[] content, byte[]? file = null)
    {
        byte[] head = new byte[48];
        head[0] = 49;
        head[2] = 112;
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4), content.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(8), offset);
        (file ?? FileId).CopyTo(head, 16);
        return Message2(9, id, [.. head, .. content]);
    }

    public static byte[] Written(ulong id) => Message2(9, id, new byte[16], response: true);

    public static byte[] Read(ulong id, ulong offset, int length)
    {
        byte[] body = new byte[48];
        body[0] = 49;
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(4), length);
        BinaryPrimitives.WriteUInt64LittleEndian(body.AsSpan(8), offset);
        FileId.CopyTo(body, 16);
        return Message2(8, id, body);
    }

    public static byte[] Content(ulong id, byte[] content)
    {
        byte[] head = new byte[16];
        head[0] = 17;
        head[2] = 80;
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4), content.Length);
        return Message2(8, id, [.. head, .. content], response: true);
    }

    public static byte[] Close(ulong id) => Message2(6, id, [24, 0, 0, 0, 0, 0, 0, 0, .. FileId]);

    public static byte[] Closed(ulong id) => Message2(6, id, new byte[60], response: true);

    public static byte[] SessionSetup(ulong id, byte[] blob) =>
        Message2(1, id, [25, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 88, 0, (byte)blob.Length, (byte)(blob.Length >> 8), 0, 0, 0, 0, 0, 0, 0, 0, .. blob], tree: 0);

    /// <summary>The last message of NTLMSSP, of Windows 10.</summary>
    public static byte[] Ntlmssp(string domain, string user, string host)
    {
        byte[] text = Encoding.Unicode.GetBytes(domain + user + host), bytes = new byte[72];
        "NTLMSSP\0"u8.CopyTo(bytes);
        bytes[8] = 3;
        int at = 72;
        foreach ((int field, string value) in new[] { (28, domain), (36, user), (44, host) })
        {
            bytes[field] = bytes[field + 2] = (byte)(2 * value.Length);
            bytes[field + 4] = (byte)at;
            at += 2 * value.Length;
        }

        bytes[63] = 2;
        bytes[64] = 10;
        bytes[66] = 0x5a;
        bytes[67] = 0x29;
        bytes[71] = 15;
        return [.. bytes, .. text];
    }

    public static byte[] Message1(byte command, byte[] words, byte[] bytes, bool response = false, ushort mid = 1, ushort tree = 1)
    {
        byte[] head = new byte[32];
        head[0] = 0xff;
        head[1] = (byte)'S';
        head[2] = (byte)'M';
        head[3] = (byte)'B';
        head[4] = command;
        head[9] = (byte)(response ? 0x80 : 0);
        head[11] = 0x40;
        head[24] = (byte)tree;
        head[30] = (byte)mid;
        return [.. head, (byte)(words.Length / 2), .. words, (byte)bytes.Length, (byte)(bytes.Length >> 8), .. bytes];
    }
}
