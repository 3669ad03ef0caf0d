using Sensor.Primitives;

namespace Sensor.Protocols;

/// <summary>For protocols that are told apart and not read: takes all bytes, opens no transactions. The stream stays open to raw inspection.</summary>
internal sealed class NamedOnlyParser : AppParser
{
    public override ParseResult Parse(ReadOnlySpan<byte> data, in ParseContext context) => ParseResult.All(data.Length);

    public override ParseStatus Gap(long length, in ParseContext context) => ParseStatus.Done;

    public override void Release(Transaction transaction) { }
}
