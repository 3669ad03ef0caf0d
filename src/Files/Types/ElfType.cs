using System.Buffers.Binary;

namespace Sensor.Files.Types;

/// <summary>Executables of Linux and its kin (System V ABI, "ELF Header").</summary>
internal static class ElfType
{
    public static int Describe(ReadOnlySpan<byte> head, Span<byte> text)
    {
        if (head.Length < 20) return 0;
        bool little = head[5] == 1;
        int length = FileTypes.Say(text, head[4] == 2 ? "ELF 64-bit "u8 : "ELF 32-bit "u8);
        length += FileTypes.Say(text[length..], little ? "LSB "u8 : "MSB "u8);
        length += FileTypes.Say(text[length..], Word(head[16..], little) switch
        {
            1 => "relocatable"u8,
            2 => "executable"u8,
            3 => "shared object"u8,
            4 => "core file"u8,
            _ => "file"u8,
        });
        length += FileTypes.Say(text[length..], Word(head[18..], little) switch
        {
            3 => ", Intel 80386"u8,
            8 => ", MIPS"u8,
            20 => ", PowerPC"u8,
            40 => ", ARM"u8,
            62 => ", x86-64"u8,
            183 => ", ARM aarch64"u8,
            243 => ", UCB RISC-V"u8,
            _ => ""u8,
        });
        return length;
    }

    private static int Word(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
}
