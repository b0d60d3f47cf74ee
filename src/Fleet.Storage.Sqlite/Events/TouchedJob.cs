namespace Fleet.Storage.Sqlite;

/// <summary>A job that a batch of entries changes, and by how much.</summary>
internal sealed class TouchedJob(string id, long key)
{
    private readonly int[] changes = new int[TaskMoves.StateCount];

    public string Id { get; } = id;

    public long Key { get; } = key;

    /// <summary>Bytes of data added to its log.</summary>
    public long OutputBytes { get; set; }

    /// <summary>Whose entry changed it last; null if none did.</summary>
    public EntryShare? LastChangedBy { get; set; }

    /// <summary>Its tasks by state, once written.</summary>
    public TaskCounts Counts { get; private set; } = null!;

    /// <summary>Whether its last task ended now, once written.</summary>
    public bool BecameDone { get; private set; }

    /// <summary>Its tasks that the batch has looked at, by ordinal.</summary>
    public Dictionary<int, TouchedTask?> Tasks { get; } = [];

    public static TouchedJob? Find(Connection connection, string id) =>
        JobRows.FindKey(connection, id) is { } key ? new TouchedJob(id, key) : null;

    public void CountMove(TaskState from, TaskState to)
    {
        changes[(int)from]--;
        changes[(int)to]++;
    }

    /// <summary>Writes the tasks, the counts, and the job's end when no task is open any more.</summary>
    public void Write(Connection connection, DateTimeOffset now)
    {
        foreach (var task in Tasks.Values)
            task?.Write(connection, Key);
        Counts = WriteCounts(connection);
        BecameDone = Counts.Open == 0 && WriteEnd(connection, now);
    }

    private TaskCounts WriteCounts(Connection connection)
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
        update.With(OutputBytes).With(Key).Next();
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

    // True only for the batch that ends it; remarks may follow.
    private bool WriteEnd(Connection connection, DateTimeOffset now)
    {
        using var update = connection.Use("UPDATE jobs SET state = 1, finished_at = ? WHERE key = ? AND state = 0");
        return update.With(now).With(Key).Run() > 0;
    }
}
