namespace Fleet.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteTask : TouchedTask
{
    private readonly Connection connection;
    private readonly long jobKey;
    private readonly int ordinal;

    private SqliteTask(Connection connection, long jobKey, int ordinal, TaskState state, long lastAgentSeq, string? dispatchedTo)
        : base(state, lastAgentSeq, dispatchedTo) => (this.connection, this.jobKey, this.ordinal) = (connection, jobKey, ordinal);

    public static TouchedTask? Find(Connection connection, long jobKey, int ordinal)
    {
        using var row = connection.Use(
            "SELECT state, last_agent_seq, dispatched_to FROM tasks WHERE job_key = ? AND ordinal = ?").With(jobKey).With(ordinal);
        return row.Next() ? new SqliteTask(connection, jobKey, ordinal, (TaskState)row.Int(), row.Long(), row.TextOrNull()) : null;
    }

    protected override void WriteTask()
    {
        using var update = connection.Use(
            """
            UPDATE tasks SET
                state = ?, last_agent_seq = ?, dispatched_to = ?, started_at = coalesce(?, started_at),
                ended_at = coalesce(?, ended_at), reason = coalesce(?, reason), exit_code = coalesce(?, exit_code),
                result = coalesce(?, result)
            WHERE job_key = ? AND ordinal = ?
            """);
        update
            .With((int)State).With(LastAgentSeq).With(DispatchedTo).With(StartedAt)
            .With(EndedAt).With(Reason).With(ExitCode).With(Result)
            .With(jobKey).With(ordinal)
            .Run();
    }
}
