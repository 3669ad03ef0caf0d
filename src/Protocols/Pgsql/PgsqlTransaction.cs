using Sensor.Primitives;
using Sensor.Protocols.Fields;

namespace Sensor.Protocols.Pgsql;

public enum PgsqlField : ushort
{
    /// <summary>A word for the request ("SSL Request", "copy_done").</summary>
    RequestWord,
    /// <summary>The number is the version, major in the upper half.</summary>
    Startup,
    /// <summary>Name and value follow one another.</summary>
    ParameterName, ParameterValue,
    /// <summary>A simple query, or the statement of a Parse message (the number is 1).</summary>
    Query,
    Password, SaslMechanism, SaslParameter, SaslResponse,
    CancelProcess, CancelKey,

    ResponseWord, SslAccepted, Md5Salt, SaslFinal,
    StatusName, StatusValue,
    Process, SecretKey,
    FieldCount, CommandCompleted,
    CopyInColumns, CopyOutColumns,
    /// <summary>A field of an error or notice; the number is its letter.</summary>
    ErrorField,
}

/// <summary>A request with everything the server answers to it.</summary>
public sealed class PgsqlTransaction(ByteSlab slab) : FieldTransaction(slab, PgsqlLimits.TransactionBytes, PgsqlLimits.Fields)
{
    /// <summary>Rows of the result, bytes of their values; the same for what COPY moves either way.</summary>
    public long Rows, RowBytes, CopyInMessages, CopyInBytes, CopyOutRows, CopyOutBytes;

    /// <summary>Data of COPY is still coming from the client.</summary>
    public bool IsCopyingIn;

    /// <summary>The answer is the single byte of an SSL or GSS request.</summary>
    public bool AwaitsEncryptionAnswer;

    public override void Reset()
    {
        base.Reset();
        Rows = RowBytes = CopyInMessages = CopyInBytes = CopyOutRows = CopyOutBytes = 0;
        IsCopyingIn = AwaitsEncryptionAnswer = false;
    }

    internal bool Add(PgsqlField kind, ReadOnlySpan<byte> bytes, long number = 0) => Add((int)kind, bytes, number);
}
