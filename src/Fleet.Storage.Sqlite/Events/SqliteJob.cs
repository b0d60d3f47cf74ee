namespace Fleet.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteJob(Connection connection, string id, long key) : TouchedJob(id)
{
    public static TouchedJob? Find(Connection connection, string id) =>
        JobRows.FindKey(connection, id) is { } key ? new SqliteJob(connection, id, key) : null;

    public override long InsertEvent(TaskEventKind kind, TaskEntry entry) => EventRows.Insert(connection, key, kind, entry);

    protected override TouchedTask? ReadTask(int ordinal) => SqliteTask.Find(connection, key, ordinal);

    protected override (TaskCounts Counts, bool BecameDone) WriteJob(IReadOnlyList<int> changes, DateTimeOffset now)
    {
        var counts = WriteCounts(changes);
        return (counts, counts.Open == 0 && WriteEnd(now));
    }

    private TaskCounts WriteCounts(IReadOnlyList<int> changes)
    {
        using var update = connection.Use(
            """
            UPDATE jobs SET
                pending = pending + ?, dispatched = dispatched + ?, running = running + ?, succeeded = succeeded + ?,
                failed = failed + ?, timed_out = timed_out + ?, cancelled = cancelled + ?, rejected = rejected + ?,
                expired = expired + ?, interrupted = interrupted + ?, skipped = skipped + ?, output_bytes = output_bytes + ?
            WHERE key = ?
            RETURNING
                pending, dispatched, running, succeeded, failed, timed_out, cancelled, rejected, expired, interrupted, skipped
            """);
        foreach (var change in changes)
            update.With(change);
        update.With(OutputBytes).With(key).Next();
        var counts = new TaskCounts(
            Pending: update.Int(),
            Dispatched: update.Int(),
            Running: update.Int(),
            Succeeded: update.Int(),
            Failed: update.Int(),
            TimedOut: update.Int(),
            Cancelled: update.Int(),
            Rejected: update.Int(),
            Expired: update.Int(),
            Interrupted: update.Int(),
            Skipped: update.Int());
        update.Next(); // to its end: a statement left half-way is not complete
        return counts;
    }

    private bool WriteEnd(DateTimeOffset now)
    {
        using var update = connection.Use("UPDATE jobs SET state = 1, finished_at = ? WHERE key = ? AND state = 0");
        return update.With(now).With(key).Run() > 0;
    }
}
