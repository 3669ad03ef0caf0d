using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols.Fields;

namespace Sensor.Protocols.Pgsql;

/// <summary>PostgreSQL's frontend/backend protocol, version 3 (PostgreSQL manual, chapter "Frontend/Backend Protocol").</summary>
public sealed class PgsqlProtocol : FieldProtocol
{
    public override string Name => "pgsql";

    public override Transports Transports => Transports.Tcp;

    public override IReadOnlyList<int> UsualPorts { get; } = [5432];

    public override int ProbeDepth => 9;

    public override IReadOnlyList<string> Events { get; } = ["invalid_length", "malformed_request", "malformed_response", "too_many_transactions", "message_too_complex"];

    public override IReadOnlyList<BufferDefinition> Buffers { get; } = [FieldBuffers.Several("pgsql.query", Direction.ToServer, (int)PgsqlField.Query, Complete)];

    public override ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction) => direction == Direction.ToServer ? PgsqlProbe.Request(start) : PgsqlProbe.Response(start);

    public override Func<AppParser> CreateParserMaker(ProtocolOptions options)
    {
        var pool = new TransactionPool<PgsqlTransaction>(slab => new PgsqlTransaction(slab));
        int mostOpen = ProtocolSettings.MaximumTransactions(options, Name);
        return () => new PgsqlParser(pool, mostOpen);
    }

    public override bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow) => PgsqlRecord.Write(writer, (PgsqlTransaction)transaction);
}

/// <summary>What can be wrong, in the order of <see cref="PgsqlProtocol.Events"/>.</summary>
public enum PgsqlEvent : byte { InvalidLength, MalformedRequest, MalformedResponse, TooManyTransactions, MessageTooComplex }

public static class PgsqlLimits
{
    /// <summary>Bytes of one message that are read (queries, errors); the rest passes unread, with an event.</summary>
    public const int Message = 256 * 1024;

    /// <summary>Longest message the server itself would accept.</summary>
    public const int LongestMessage = 0x3fffffff;

    /// <summary>Longest message before the session has begun (the server's MAX_STARTUP_PACKET_LENGTH).</summary>
    public const int Startup = 10_000;

    public const int TransactionBytes = 2 * Message;

    public const int Fields = 1024;
}
