namespace Fleet.Storage.Sqlite;

/// <summary>What retention does to the tables: marking jobs, then emptying the marked ones piece by piece.</summary>
/// <remarks>
/// A mark (<c>jobs.purge</c>) outlives a crash, so that the next sweep carries on; a job marked for deletion is hidden at once,
/// so that nobody sees half of one.
/// </remarks>
internal static class PurgeRows
{
    public const int DropLog = 1;
    public const int Delete = 2;

    // Small enough that one piece takes a few milliseconds even with large chunks of output.
    private const int EventsAPiece = 64;
    private const int TasksAPiece = 256;

    /// <summary>Marks for deletion up to so many jobs that finished before the given time; returns how many.</summary>
    public static int MarkOldJobs(Connection connection, DateTimeOffset finishedBefore, int limit)
    {
        using var update = connection.Use(
            """
            UPDATE jobs SET purge = 2, request_id = NULL WHERE key IN (
                SELECT key FROM jobs WHERE state = 1 AND purge = 0 AND finished_at < ? ORDER BY finished_at, key LIMIT ?)
            """);
        return update.With(finishedBefore).With(limit).Run();
    }

    /// <summary>Marks for the loss of their log up to so many jobs that finished before the given time; returns how many.</summary>
    public static int MarkOldLogs(Connection connection, DateTimeOffset finishedBefore, DateTimeOffset now, int limit)
    {
        using var update = connection.Use(
            """
            UPDATE jobs SET purge = 1, output_dropped_at = ? WHERE key IN (
                SELECT key FROM jobs
                WHERE state = 1 AND purge = 0 AND output_dropped_at IS NULL AND finished_at < ? ORDER BY finished_at, key LIMIT ?)
            """);
        return update.With(now).With(finishedBefore).With(limit).Run();
    }

    /// <summary>Bytes of output in all jobs whose log is not being dropped.</summary>
    public static long OutputBytes(Connection connection) =>
        connection.Number("SELECT coalesce(sum(output_bytes), 0) FROM jobs WHERE purge = 0");

    /// <summary>
    /// Marks for the loss of its log the job that finished first of those that have output; returns its bytes, 0 if there is none.
    /// </summary>
    public static long MarkOldestLog(Connection connection, DateTimeOffset now)
    {
        using var update = connection.Use(
            """
            UPDATE jobs SET purge = 1, output_dropped_at = ? WHERE key = (
                SELECT key FROM jobs
                WHERE state = 1 AND purge = 0 AND output_dropped_at IS NULL AND output_bytes > 0 ORDER BY finished_at, key LIMIT 1)
            RETURNING output_bytes
            """);
        if (!update.With(now).Next())
            return 0;
        var bytes = update.Long();
        update.Next();
        return bytes;
    }

    /// <summary>A marked job and its mark; null if there is none.</summary>
    public static (long Key, int Mark)? FindMarked(Connection connection)
    {
        using var row = connection.Use("SELECT key, purge FROM jobs WHERE purge > 0 LIMIT 1");
        return row.Next() ? (row.Long(), row.Int()) : null;
    }

    /// <summary>Deletes a piece of a job's log; returns how many events and bytes, no events at the end.</summary>
    public static (int Events, long Bytes) DeleteEvents(Connection connection, long jobKey)
    {
        long last;
        (int Events, long Bytes) piece;
        using (var row = connection.Use(
            """
            SELECT count(*), coalesce(sum(length(data)), 0), coalesce(max(seq), 0)
            FROM (SELECT seq, data FROM events WHERE job_key = ? ORDER BY seq LIMIT ?)
            """))
        {
            row.With(jobKey).With(EventsAPiece).Next();
            piece = (row.Int(), row.Long());
            last = row.Long();
        }

        if (piece.Events == 0)
            return piece;
        using var delete = connection.Use("DELETE FROM events WHERE job_key = ? AND seq <= ?");
        delete.With(jobKey).With(last).Run();
        using var update = connection.Use("UPDATE jobs SET output_bytes = output_bytes - ? WHERE key = ?");
        update.With(piece.Bytes).With(jobKey).Run();
        return piece;
    }

    /// <summary>Deletes some of a job's tasks; returns how many, none at the end.</summary>
    public static int DeleteTasks(Connection connection, long jobKey)
    {
        using var delete = connection.Use(
            """
            DELETE FROM tasks WHERE job_key = ?1 AND ordinal IN (
                SELECT ordinal FROM tasks WHERE job_key = ?1 ORDER BY ordinal LIMIT ?2)
            """);
        return delete.With(jobKey).With(TasksAPiece).Run();
    }

    /// <summary>Deletes a job that has no events and tasks left.</summary>
    public static void DeleteJob(Connection connection, long jobKey)
    {
        using (var payload = connection.Use("DELETE FROM job_payloads WHERE job_key = ?"))
            payload.With(jobKey).Run();
        using var job = connection.Use("DELETE FROM jobs WHERE key = ?");
        job.With(jobKey).Run();
    }

    /// <summary>Takes the mark off a job that stays.</summary>
    public static void Unmark(Connection connection, long jobKey)
    {
        using var update = connection.Use("UPDATE jobs SET purge = 0 WHERE key = ?");
        update.With(jobKey).Run();
    }

    /// <summary>Gives up to so many free pages back to the file system; returns their bytes.</summary>
    public static long ReleasePages(Connection connection)
    {
        var before = connection.Number("PRAGMA freelist_count");
        if (before == 0)
            return 0;
        connection.Execute("PRAGMA incremental_vacuum(64)");
        return (before - connection.Number("PRAGMA freelist_count")) * connection.Number("PRAGMA page_size");
    }
}
