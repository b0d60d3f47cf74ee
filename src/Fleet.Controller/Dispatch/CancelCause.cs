namespace Fleet.Controller.Dispatch;

/// <summary>Why an agent is told to end a task.</summary>
internal enum CancelCause
{
    /// <summary>It was not told to.</summary>
    None = 0,

    /// <summary>An operator cancelled the job.</summary>
    Operator,

    /// <summary>The job's deadline passed.</summary>
    Deadline,

    /// <summary>The controller has given the task up, or never knew it.</summary>
    Abandoned,
}
