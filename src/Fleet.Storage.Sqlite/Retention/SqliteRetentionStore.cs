namespace Fleet.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteRetentionStore(Writer writer, ReaderPool readers, TimeProvider time) : IRetentionStore
{
    // A slice ends after this time at the next piece, so that other writers never wait for more than about 50 ms, commit included.
    private static readonly TimeSpan SliceBudget = TimeSpan.FromMilliseconds(15);

    private const int MarksAPiece = 100;

    public async Task<RetentionReport> SweepAsync(RetentionPolicy policy, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var tally = new SweepTally();
        if (policy.MaxJobAge is { } jobAge)
            await SliceAsync(connection => PurgeRows.MarkOldJobs(connection, now - jobAge, MarksAPiece) == MarksAPiece);
        if (policy.MaxOutputAge is { } outputAge)
            await SliceAsync(connection => PurgeRows.MarkOldLogs(connection, now - outputAge, now, MarksAPiece) == MarksAPiece);
        if (policy.MaxOutputBytes is { } maxBytes)
            await MarkBeyondAsync(maxBytes);
        await SliceAsync(connection => Purge(connection, tally));
        await SliceAsync(connection => Release(connection, tally));
        return tally.ToReport();

        async Task MarkBeyondAsync(long limit)
        {
            var excess = await readers.ReadAsync(PurgeRows.OutputBytes, cancellationToken) - limit;
            if (excess <= 0)
                return;
            await SliceAsync(connection =>
            {
                var bytes = PurgeRows.MarkOldestLog(connection, now);
                excess -= bytes;
                return bytes > 0 && excess > 0;
            });
        }

        // Repeats a piece of work until it says that nothing is left, in slices of the writer's time.
        async Task SliceAsync(Func<Connection, bool> piece)
        {
            while (await writer.ExecuteAsync(connection => RunSlice(connection, piece, tally), cancellationToken))
                cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public Task<DateTimeOffset?> FindNewestAsync(CancellationToken cancellationToken) => readers.ReadAsync(FindNewest, cancellationToken);

    // Each of these tables is small, or asked by an index or its key.
    private static DateTimeOffset? FindNewest(Connection connection)
    {
        using var row = connection.Use(
            """
            SELECT max(at) FROM (
                SELECT max(created_at) AS at FROM tokens
                UNION ALL SELECT max(max(enrolled_at, coalesce(last_connected_at, 0), coalesce(last_disconnected_at, 0))) FROM agents
                UNION ALL SELECT max(created_at) FROM operators
                UNION ALL SELECT max(created_at) FROM jobs
                UNION ALL SELECT max(finished_at) FROM jobs WHERE state = 1 AND purge = 0
                UNION ALL SELECT received_at FROM findings WHERE seq = (SELECT max(seq) FROM findings))
            """);
        return row.Next() ? row.TimeOrNull() : null;
    }

    private bool RunSlice(Connection connection, Func<Connection, bool> piece, SweepTally tally)
    {
        var begun = time.GetTimestamp();
        var more = true;
        var spent = TimeSpan.Zero;
        while (more && spent < SliceBudget)
        {
            more = piece(connection);
            spent = time.GetElapsedTime(begun);
        }

        tally.Slices++;
        tally.LongestSlice = spent > tally.LongestSlice ? spent : tally.LongestSlice;
        return more;
    }

    private static bool Purge(Connection connection, SweepTally tally)
    {
        if (PurgeRows.FindMarked(connection) is not var (key, mark))
            return false;

        var (events, bytes) = PurgeRows.DeleteEvents(connection, key);
        tally.EventsDeleted += events;
        tally.OutputBytesDeleted += bytes;
        if (events > 0)
            return true;

        if (mark == PurgeRows.DropLog)
        {
            PurgeRows.Unmark(connection, key);
            tally.OutputsDropped++;
            return true;
        }

        var tasks = PurgeRows.DeleteTasks(connection, key);
        tally.TasksDeleted += tasks;
        if (tasks > 0)
            return true;

        PurgeRows.DeleteJob(connection, key);
        tally.JobsDeleted++;
        return true;
    }

    private static bool Release(Connection connection, SweepTally tally)
    {
        var bytes = PurgeRows.ReleasePages(connection);
        tally.BytesReleased += bytes;
        return bytes > 0;
    }
}
