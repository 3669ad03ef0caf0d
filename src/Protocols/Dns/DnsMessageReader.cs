using System.Buffers.Binary;

namespace Sensor.Protocols.Dns;

/// <summary>Reads one whole DNS message (RFC 1035 section 4) into a transaction. What is wrong becomes events; what was read before stays.</summary>
internal ref struct DnsMessageReader
{
    public const int HeaderLength = 12;

    private static class At { public const int Id = 0, Flags = 2, Counts = 4; }

    /// <summary>The reserved bit that must be zero.</summary>
    private const ushort ZFlag = 0x0040;

    /// <summary>Operation codes in use: query, inverse query, status, notify, update, stateful operations (IANA, "DNS OpCodes").</summary>
    private const int LargestOpcode = 6;

    private readonly ReadOnlySpan<byte> _message;
    private readonly DnsTransaction _transaction;
    private DnsNameReader _names;

    private DnsMessageReader(ReadOnlySpan<byte> message, DnsTransaction transaction)
    {
        _message = message;
        _transaction = transaction;
        _names = new DnsNameReader(message, transaction);
    }

    public static void Read(ReadOnlySpan<byte> message, DnsTransaction transaction)
    {
        if (message.Length < HeaderLength)
        {
            Break(transaction);
            return;
        }

        transaction.MessageId = BinaryPrimitives.ReadUInt16BigEndian(message[At.Id..]);
        transaction.Flags = BinaryPrimitives.ReadUInt16BigEndian(message[At.Flags..]);
        if ((transaction.Flags & ZFlag) != 0) transaction.Events.Add((int)DnsEvent.ZFlagSet);
        if (transaction.Opcode > LargestOpcode) transaction.Events.Add((int)DnsEvent.InvalidOpcode);
        new DnsMessageReader(message, transaction).ReadSections();
    }

    private void ReadSections()
    {
        int position = HeaderLength;
        bool questions = ReadQuestions(CountOf(DnsSection.Queries), ref position);
        _transaction.Begin(DnsSection.Answers);
        bool answers = questions && ReadRecords(DnsSection.Answers, ref position);
        _transaction.Begin(DnsSection.Authorities);
        if (!answers) Break(_transaction);
        else if (!ReadOrTakeBack(DnsSection.Authorities, ref position)) _transaction.Events.Add((int)DnsEvent.InvalidAuthorities);
        else if (!ReadOrTakeBack(DnsSection.Additionals, ref position)) _transaction.Events.Add((int)DnsEvent.InvalidAdditionals);
    }

    /// <summary>A broken section of the lesser kind leaves the message usable, without that section.</summary>
    private bool ReadOrTakeBack(DnsSection section, ref int position)
    {
        int kept = _transaction.EntryCount;
        _transaction.Begin(section);
        if (ReadRecords(section, ref position))
        {
            if (section == DnsSection.Authorities) _transaction.Begin(DnsSection.Additionals);
            return true;
        }

        _transaction.KeepEntries(kept);
        _transaction.Begin(DnsSection.Additionals);
        return false;
    }

    private readonly int CountOf(DnsSection section) => BinaryPrimitives.ReadUInt16BigEndian(_message[(At.Counts + (2 * (int)section))..]);

    private static void Break(DnsTransaction transaction)
    {
        transaction.IsMalformed = true;
        if (!transaction.Events.Contains((int)DnsEvent.MessageTooComplex)) transaction.Events.Add((int)DnsEvent.MalformedData);
    }

    private bool ReadQuestions(int count, ref int position)
    {
        for (int i = 0; i < count; i++)
        {
            DnsEntry question = new() { Section = DnsSection.Queries };
            if (!_names.TryRead(ref position, out question.Name) || _message.Length - position < 4) return false;
            question.Type = BinaryPrimitives.ReadUInt16BigEndian(_message[position..]);
            question.Class = BinaryPrimitives.ReadUInt16BigEndian(_message[(position + 2)..]);
            position += 4;
            if (!Add(question)) return false;
        }

        return true;
    }

    private bool ReadRecords(DnsSection section, ref int position)
    {
        int count = CountOf(section);
        for (int i = 0; i < count; i++)
        {
            DnsEntry record = new() { Section = section };
            if (!_names.TryRead(ref position, out record.Name) || _message.Length - position < 10) return false;
            ReadOnlySpan<byte> head = _message[position..];
            record.Type = BinaryPrimitives.ReadUInt16BigEndian(head);
            record.Class = BinaryPrimitives.ReadUInt16BigEndian(head[2..]);
            record.TimeToLive = BinaryPrimitives.ReadUInt32BigEndian(head[4..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(head[8..]);
            position += 10;
            if (length > _message.Length - position || !ReadData(ref record, position, length)) return false;
            position += length;
        }

        return true;
    }

    /// <summary>False only when no room is left; data that does not fit its type is an event, the records after it are read on.</summary>
    private bool ReadData(ref DnsEntry record, int start, int length)
    {
        ReadOnlySpan<byte> data = _message.Slice(start, length);
        switch (record.Type)
        {
            case DnsType.Txt when length > 0:
                return ReadStrings(ref record, data);
            case DnsType.Cname or DnsType.Ns or DnsType.Ptr when length > 0:
                return ReadName(ref record, start, start + length, leading: 0);
            case DnsType.Mx when length > 0:
                return ReadName(ref record, start, start + length, leading: 2);
            case DnsType.Srv when length > 0:
                return ReadName(ref record, start, start + length, leading: 6);
            case DnsType.Soa when length > 0:
                return ReadSoa(ref record, start, start + length);
            default:
                return _transaction.TryAddText(data, out record.Data) ? Add(record) : TooComplex();
        }
    }

    /// <summary>Numbers of <paramref name="leading"/> bytes, then a name.</summary>
    private bool ReadName(ref DnsEntry record, int start, int end, int leading)
    {
        int position = start + leading;
        if (position >= end) return AddInvalid(ref record);
        if (!_transaction.TryAddText(_message.Slice(start, leading), out record.Numbers)) return TooComplex();
        return _names.TryRead(ref position, out record.Data) ? Add(record) : AddInvalid(ref record);
    }

    private bool ReadSoa(ref DnsEntry record, int start, int end)
    {
        const int numbers = 5 * 4;
        int position = start;
        if (!_names.TryRead(ref position, out record.Data) || !_names.TryRead(ref position, out record.Mailbox) || end - position < numbers)
        {
            return AddInvalid(ref record);
        }

        return _transaction.TryAddText(_message.Slice(position, numbers), out record.Numbers) ? Add(record) : TooComplex();
    }

    private bool ReadStrings(ref DnsEntry record, ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            int length = data[0];
            if (length > data.Length - 1) return AddInvalid(ref record);
            if (!_transaction.TryAddText(data.Slice(1, length), out record.Data)) return TooComplex();
            if (!Add(record)) return false;
            data = data[(1 + length)..];
        }

        return true;
    }

    private bool AddInvalid(ref DnsEntry record)
    {
        if (_transaction.Events.Contains((int)DnsEvent.MessageTooComplex)) return false;
        record.Data = record.Mailbox = record.Numbers = default;
        record.IsDataInvalid = true;
        _transaction.Events.Add((int)DnsEvent.MalformedData);
        return Add(record);
    }

    private bool Add(in DnsEntry entry) => _transaction.TryAdd(entry) || TooComplex();

    private bool TooComplex()
    {
        _transaction.Events.Add((int)DnsEvent.MessageTooComplex);
        return false;
    }
}
