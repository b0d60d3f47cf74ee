namespace Fleet.Storage;

/// <summary>How many tasks of a job are in each state.</summary>
public sealed record TaskCounts(
    int Pending,
    int Dispatched,
    int Running,
    int Succeeded,
    int Failed,
    int TimedOut,
    int Cancelled,
    int Rejected,
    int Expired,
    int Interrupted,
    int Skipped)
{
    /// <summary>All tasks.</summary>
    public int Total => Open + Ended;

    /// <summary>Tasks that have not ended.</summary>
    public int Open => Pending + Dispatched + Running;

    /// <summary>Tasks that have ended, one way or another.</summary>
    public int Ended => Succeeded + Failed + TimedOut + Cancelled + Rejected + Expired + Interrupted + Skipped;

    /// <summary>Tasks in the given state.</summary>
    public int this[TaskState state] => state switch
    {
        TaskState.Pending => Pending,
        TaskState.Dispatched => Dispatched,
        TaskState.Running => Running,
        TaskState.Succeeded => Succeeded,
        TaskState.Failed => Failed,
        TaskState.TimedOut => TimedOut,
        TaskState.Cancelled => Cancelled,
        TaskState.Rejected => Rejected,
        TaskState.Expired => Expired,
        TaskState.Interrupted => Interrupted,
        TaskState.Skipped => Skipped,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "not a task state"),
    };
}
