using System.Data.Common;

namespace Sensor.Portal.Storage;

/// <summary>
/// One writer, many readers. The SQL above it is what SQLite and PostgreSQL both understand; what differs is a member
/// here. A write is durable when <see cref="Write{T}"/> returns.
/// </summary>
internal abstract class Database : IDisposable
{
    private readonly Lock _writing = new();
    private DbConnection? _writer;

    /// <summary>Column type of a number the database counts up itself.</summary>
    public abstract string IdentityColumn { get; }

    /// <summary>Column type of bytes.</summary>
    public abstract string BytesColumn { get; }

    protected abstract DbConnection Open(bool writer);

    /// <summary>Runs <paramref name="work"/> in a transaction: all of it is stored, or nothing.</summary>
    public T Write<T>(Func<DbConnection, T> work)
    {
        lock (_writing)
        {
            _writer ??= Open(writer: true);
            using DbTransaction transaction = _writer.BeginTransaction();
            T result = work(_writer);
            transaction.Commit();
            return result;
        }
    }

    public T Read<T>(Func<DbConnection, T> work)
    {
        using DbConnection connection = Open(writer: false);
        return work(connection);
    }

    public void Dispose()
    {
        lock (_writing)
        {
            _writer?.Dispose();
            _writer = null;
        }
    }
}
