namespace Sensor.Portal.Storage;

/// <summary>
/// Deletes what is older than the customer's retention period, and the oldest arrivals beyond the row limit, in slices so
/// that uploads never wait long. Positions stay: they are a few bytes per box.
/// </summary>
internal sealed class Retention(Database database, TimeProvider time, int keepDays, long keepAlerts)
{
    /// <summary>Rows per transaction.</summary>
    public const int Slice = 2000;

    public static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Deletes everything due; how many alerts went.</summary>
    public long Sweep()
    {
        long before = time.NowNs() - (keepDays * 86_400L * 1_000_000_000);
        long deleted = 0;
        while (DeleteSlice(before) is > 0 and int count) deleted += count;
        database.Write(connection => connection.Execute("DELETE FROM incidents WHERE open = 0 AND last_ns < @before", ("@before", before)));
        return deleted;
    }

    private int DeleteSlice(long before) => database.Write(connection =>
    {
        // The newest row that must go because of the row limit; ids only grow.
        long beyond = connection.Scalar<long>("SELECT id FROM alerts ORDER BY id DESC LIMIT 1 OFFSET @keep", ("@keep", keepAlerts));
        return connection.Execute(
            "DELETE FROM alerts WHERE id IN (SELECT id FROM alerts WHERE received_ns < @before OR id <= @beyond ORDER BY id LIMIT @slice)",
            ("@before", before), ("@beyond", beyond), ("@slice", Slice));
    });
}
