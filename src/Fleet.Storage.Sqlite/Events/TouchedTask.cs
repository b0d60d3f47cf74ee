namespace Fleet.Storage.Sqlite;

/// <summary>A task that a batch of entries changes: read once and written once, however many entries it has.</summary>
internal sealed class TouchedTask
{
    private readonly int ordinal;
    private bool changed;
    private string? dispatchedTo;
    private DateTimeOffset? startedAt;
    private DateTimeOffset? endedAt;
    private string? reason;
    private int? exitCode;
    private byte[]? result;

    private TouchedTask(int ordinal, TaskState state, long lastAgentSeq, string? dispatchedTo)
    {
        this.ordinal = ordinal;
        State = state;
        LastAgentSeq = lastAgentSeq;
        this.dispatchedTo = dispatchedTo;
    }

    public TaskState State { get; private set; }

    public long LastAgentSeq { get; private set; }

    public static TouchedTask? Find(Connection connection, long jobKey, int ordinal)
    {
        using var row = connection.Use(
            "SELECT state, last_agent_seq, dispatched_to FROM tasks WHERE job_key = ? AND ordinal = ?").With(jobKey).With(ordinal);
        return row.Next() ? new TouchedTask(ordinal, (TaskState)row.Int(), row.Long(), row.TextOrNull()) : null;
    }

    /// <summary>Takes on an entry that has been judged good.</summary>
    public void Apply(TaskEntry entry)
    {
        if (entry.Move is { } move)
            Move(move, entry.At);
        if (entry.AgentSeq is { } seq)
        {
            LastAgentSeq = seq;
            changed = true;
        }
    }

    public void Write(Connection connection, long jobKey)
    {
        if (!changed)
            return;
        using var update = connection.Use(
            """
            UPDATE tasks SET
                state = ?, last_agent_seq = ?, dispatched_to = ?, started_at = coalesce(?, started_at),
                ended_at = coalesce(?, ended_at), reason = coalesce(?, reason), exit_code = coalesce(?, exit_code),
                result = coalesce(?, result)
            WHERE job_key = ? AND ordinal = ?
            """);
        update
            .With((int)State).With(LastAgentSeq).With(dispatchedTo).With(startedAt)
            .With(endedAt).With(reason).With(exitCode).With(result)
            .With(jobKey).With(ordinal)
            .Run();
    }

    private void Move(TaskMove move, DateTimeOffset at)
    {
        // Another journal counts its records from 1 again.
        if (move.DispatchedTo is not null && move.DispatchedTo != dispatchedTo)
            LastAgentSeq = 0;
        State = move.To;
        dispatchedTo = move.DispatchedTo ?? dispatchedTo;
        startedAt = move.StartedAt ?? startedAt;
        endedAt = move.EndedAt ?? (TaskMoves.IsEnd(move.To) ? at : endedAt);
        reason = move.Reason ?? reason;
        exitCode = move.ExitCode ?? exitCode;
        result = move.ResultBytes ?? result;
        changed = true;
    }
}
