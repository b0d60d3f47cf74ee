namespace Fleet.Storage;

/// <summary>Where a task is on its way; see <see cref="TaskMoves"/> for the moves. The numbers are stored: never renumber.</summary>
public enum TaskState
{
    /// <summary>Waits for its turn or its agent.</summary>
    Pending = 0,

    /// <summary>Sent to the agent; nothing heard of it yet.</summary>
    Dispatched = 1,

    /// <summary>The agent has started it.</summary>
    Running = 2,

    /// <summary>End: exit code 0.</summary>
    Succeeded = 3,

    /// <summary>End: another exit code, a signal, or it could not be started.</summary>
    Failed = 4,

    /// <summary>End: ran longer than allowed and was killed.</summary>
    TimedOut = 5,

    /// <summary>End: an operator cancelled it.</summary>
    Cancelled = 6,

    /// <summary>End: the agent's policy or limits forbade it.</summary>
    Rejected = 7,

    /// <summary>End: not delivered in time.</summary>
    Expired = 8,

    /// <summary>End: agent or host died while it ran; what it did is unknown.</summary>
    Interrupted = 9,

    /// <summary>End: the job was stopped by its failure limit before this task was sent.</summary>
    Skipped = 10,
}
