using System.Buffers.Binary;

namespace Sensor.Files.Types;

/// <summary>Windows executables (Microsoft, "PE Format").</summary>
internal static class ExecutableType
{
    private const int PeHeaderPointer = 0x3c;
    private const int OptionalHeader = 24, Subsystem = 68;
    private const ushort IsDll = 0x2000;

    public static int Describe(ReadOnlySpan<byte> head, Span<byte> text)
    {
        if (head.Length < PeHeaderPointer + 4) return 0;
        long at = BinaryPrimitives.ReadUInt32LittleEndian(head[PeHeaderPointer..]);
        if (at + OptionalHeader + 2 > head.Length || !head[(int)at..].StartsWith("PE\0\0"u8)) return FileTypes.Say(text, "MS-DOS executable"u8);
        ReadOnlySpan<byte> pe = head[(int)at..];
        ushort machine = BinaryPrimitives.ReadUInt16LittleEndian(pe[4..]);
        ushort traits = BinaryPrimitives.ReadUInt16LittleEndian(pe[22..]);
        bool plus = BinaryPrimitives.ReadUInt16LittleEndian(pe[OptionalHeader..]) == 0x20b;

        int length = FileTypes.Say(text, plus ? "PE32+ executable "u8 : "PE32 executable "u8);
        if ((traits & IsDll) != 0) length += FileTypes.Say(text[length..], "(DLL) "u8);
        ushort subsystem = pe.Length >= OptionalHeader + Subsystem + 2 ? BinaryPrimitives.ReadUInt16LittleEndian(pe[(OptionalHeader + Subsystem)..]) : (ushort)0;
        length += FileTypes.Say(text[length..], subsystem switch { 1 => "(native) "u8, 2 => "(GUI) "u8, 3 => "(console) "u8, 10 => "(EFI application) "u8, _ => ""u8 });
        length += FileTypes.Say(text[length..], machine switch { 0x14c => "Intel 80386"u8, 0x8664 => "x86-64"u8, 0xaa64 => "Aarch64"u8, 0x1c0 or 0x1c4 => "ARM"u8, _ => "unknown processor"u8 });
        length += FileTypes.Say(text[length..], ", for MS Windows"u8);
        return length;
    }
}
