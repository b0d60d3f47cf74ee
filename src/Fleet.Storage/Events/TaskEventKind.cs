namespace Fleet.Storage;

/// <summary>What an entry of a job's log is about. The numbers are stored: never renumber.</summary>
public enum TaskEventKind
{
    /// <summary>The task was sent to its agent.</summary>
    Dispatched = 0,

    /// <summary>The agent started it.</summary>
    Started = 1,

    /// <summary>It wrote something.</summary>
    Output = 2,

    /// <summary>One of its steps ended.</summary>
    StepEnded = 3,

    /// <summary>It ended.</summary>
    Ended = 4,

    /// <summary>A remark.</summary>
    Note = 5,
}
