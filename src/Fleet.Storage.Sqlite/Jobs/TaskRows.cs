namespace Fleet.Storage.Sqlite;

/// <summary>Rows of the table <c>tasks</c>, for reading and creating; they change in <see cref="EntryBatch"/> only.</summary>
internal static class TaskRows
{
    private const string Columns =
        """
        ordinal, agent_id, agent_name, state, deliver_by, dispatched_to, last_agent_seq, started_at, ended_at, reason, exit_code, result
        """;

    public static void Insert(Connection connection, long jobKey, IReadOnlyList<NewTask> tasks)
    {
        var ordinal = 0;
        foreach (var task in tasks)
        {
            using var insert = connection.Use(
                "INSERT INTO tasks (job_key, ordinal, agent_id, agent_name, deliver_by) VALUES (?, ?, ?, ?, ?)");
            insert.With(jobKey).With(++ordinal).With(task.AgentId).With(task.AgentName).With(task.DeliverBy).Run();
        }
    }

    public static TaskRecord? Find(Connection connection, long jobKey, string jobId, int ordinal)
    {
        using var row = connection.Use($"SELECT {Columns} FROM tasks WHERE job_key = ? AND ordinal = ?").With(jobKey).With(ordinal);
        return row.Next() ? Read(row, jobId) : null;
    }

    public static IReadOnlyList<TaskRecord> List(Connection connection, long jobKey, string jobId, TaskQuery query)
    {
        using var rows = connection.Use(
            $"SELECT {Columns} FROM tasks WHERE job_key = ? AND ordinal > ? AND (1 << state) & ? ORDER BY ordinal LIMIT ?");
        rows.With(jobKey).With(query.AfterOrdinal).With(Mask(query.States)).With(query.Limit);
        var tasks = new List<TaskRecord>();
        while (rows.Next())
            tasks.Add(Read(rows, jobId));
        return tasks;
    }

    public static IReadOnlyList<TaskRecord> ListOpen(Connection connection, long jobKey, string jobId)
    {
        using var rows = connection.Use($"SELECT {Columns} FROM tasks WHERE job_key = ? AND state < 3 ORDER BY ordinal").With(jobKey);
        var tasks = new List<TaskRecord>();
        while (rows.Next())
            tasks.Add(Read(rows, jobId));
        return tasks;
    }

    public static IReadOnlyList<TaskRecord> ListOpenOfAgent(Connection connection, string agentId)
    {
        using var rows = connection.Use(
            $"""
            SELECT (SELECT id FROM jobs WHERE key = job_key), {Columns}
            FROM tasks WHERE agent_id = ? AND state < 3 ORDER BY job_key, ordinal
            """).With(agentId);
        var tasks = new List<TaskRecord>();
        while (rows.Next())
            tasks.Add(Read(rows, rows.Text()));
        return tasks;
    }

    private static long Mask(IReadOnlyCollection<TaskState>? states) =>
        states is null or { Count: 0 }
            ? (1L << TaskMoves.StateCount) - 1
            : states.Aggregate(0L, (mask, state) => mask | (1L << (int)state));

    private static TaskRecord Read(Statement row, string jobId) => new()
    {
        JobId = jobId,
        Ordinal = row.Int(),
        AgentId = row.Text(),
        AgentName = row.Text(),
        State = (TaskState)row.Int(),
        DeliverBy = row.TimeOrNull(),
        DispatchedTo = row.TextOrNull(),
        LastAgentSeq = row.Long(),
        StartedAt = row.TimeOrNull(),
        EndedAt = row.TimeOrNull(),
        Reason = row.TextOrNull(),
        ExitCode = row.IntOrNull(),
        ResultBytes = row.BytesOrNull(),
    };
}
