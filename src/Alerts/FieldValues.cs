using Sensor.Primitives;

namespace Sensor.Alerts;

/// <summary>The fields of a stored record by tag; the last of equals counts.</summary>
internal readonly ref struct FieldValues
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly (int Start, int Length)[] _at;

    private FieldValues(ReadOnlySpan<byte> bytes, (int, int)[] at)
    {
        _bytes = bytes;
        _at = at;
    }

    public static FieldValues Read(ReadOnlySpan<byte> bytes)
    {
        var at = new (int, int)[256];
        ReadOnlySpan<byte> rest = bytes;
        while (RecordFields.TryTake(ref rest, out byte tag, out ReadOnlySpan<byte> value))
        {
            at[tag] = (bytes.Length - rest.Length - value.Length, value.Length);
        }

        return new FieldValues(bytes, at);
    }

    public ReadOnlySpan<byte> this[byte tag] => _bytes.Slice(_at[tag].Start, _at[tag].Length);

    public long Number(byte tag) => RecordFields.Number(this[tag]);

    public string Text(byte tag) => RecordFields.Text(this[tag]);

    public LocalizedText Text(byte japaneseTag, byte englishTag) => new(Text(japaneseTag), Text(englishTag));

    public IpAddress Address(byte tag) => RecordFields.Address(this[tag]);
}
