namespace Fleet.Agent.Tasks;

/// <summary>Who wanted a task to end, where its own steps did not decide that.</summary>
internal enum StopOrigin
{
    /// <summary>Nobody.</summary>
    None,

    /// <summary>An operator cancelled the job.</summary>
    Operator,

    /// <summary>The job's deadline passed.</summary>
    Deadline,

    /// <summary>The controller no longer knows the task.</summary>
    Abandoned,

    /// <summary>This agent stops.</summary>
    AgentStop,

    /// <summary>It could not start, or not in time.</summary>
    NotStarted,

    /// <summary>Its own work says that it cannot be done, and why.</summary>
    GaveUp,

    /// <summary>The next process of this agent goes on with it.</summary>
    HandedOver,
}

/// <summary>Why a task was made to end.</summary>
/// <param name="Origin">Who wanted it.</param>
/// <param name="Reason">What was said about it; may be empty.</param>
internal sealed record StopNote(StopOrigin Origin, string Reason)
{
    /// <summary>Nobody wanted it.</summary>
    public static readonly StopNote None = new(StopOrigin.None, "");
}
