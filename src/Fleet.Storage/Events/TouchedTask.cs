namespace Fleet.Storage;

/// <summary>A task that a batch of entries changes: read once and written once, however many entries it has.</summary>
internal abstract class TouchedTask(TaskState state, long lastAgentSeq, string? dispatchedTo)
{
    private bool isChanged;

    public TaskState State { get; private set; } = state;

    public long LastAgentSeq { get; private set; } = lastAgentSeq;

    protected string? DispatchedTo { get; private set; } = dispatchedTo;

    // What is null below stays in the store as it is.
    protected DateTimeOffset? StartedAt { get; private set; }

    protected DateTimeOffset? EndedAt { get; private set; }

    protected string? Reason { get; private set; }

    protected int? ExitCode { get; private set; }

    protected byte[]? Result { get; private set; }

    /// <summary>Takes on an entry that has been judged good.</summary>
    public void Apply(TaskEntry entry)
    {
        if (entry.Move is { } move)
            Move(move, entry.At);
        if (entry.AgentSeq is { } seq)
        {
            LastAgentSeq = seq;
            isChanged = true;
        }
    }

    /// <summary>Writes it where an entry changed it.</summary>
    public void Write()
    {
        if (isChanged)
            WriteTask();
    }

    protected abstract void WriteTask();

    private void Move(TaskMove move, DateTimeOffset at)
    {
        // Another journal counts its records from 1 again.
        if (move.DispatchedTo is not null && move.DispatchedTo != DispatchedTo)
            LastAgentSeq = 0;
        State = move.To;
        DispatchedTo = move.DispatchedTo ?? DispatchedTo;
        StartedAt = move.StartedAt ?? StartedAt;
        EndedAt = move.EndedAt ?? (TaskMoves.IsEnd(move.To) ? at : EndedAt);
        Reason = move.Reason ?? Reason;
        ExitCode = move.ExitCode ?? ExitCode;
        Result = move.ResultBytes ?? Result;
        isChanged = true;
    }
}
