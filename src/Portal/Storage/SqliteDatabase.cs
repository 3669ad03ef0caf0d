using System.Data.Common;
using Microsoft.Data.Sqlite;
using Sensor.Storage;

namespace Sensor.Portal.Storage;

/// <summary>SQLite in WAL mode with synchronous=FULL: a commit survives a power cut, readers never wait for the writer.</summary>
internal sealed class SqliteDatabase : Database
{
    private readonly string _path;

    public SqliteDatabase(string path)
    {
        SqliteNative.Bind();
        _path = path;
    }

    public override string IdentityColumn => "INTEGER PRIMARY KEY AUTOINCREMENT";

    public override string BytesColumn => "BLOB";

    protected override DbConnection Open(bool writer)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = _path, Pooling = !writer }.ToString());
        connection.Open();
        connection.Execute(writer
            ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000"
            : "PRAGMA query_only=ON; PRAGMA busy_timeout=5000");
        return connection;
    }
}
