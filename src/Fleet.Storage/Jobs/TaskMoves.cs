namespace Fleet.Storage;

/// <summary>The moves a task may make. Every provider refuses the others.</summary>
public static class TaskMoves
{
    /// <summary>How many states there are.</summary>
    public const int StateCount = 11;

    /// <summary>Whether a state is an end, which a task never leaves.</summary>
    public static bool IsEnd(TaskState state) => state >= TaskState.Succeeded;

    /// <summary>Whether a task may move from one state to the other.</summary>
    /// <remarks>
    /// What the agent reports is the truth: a task may leap over states (a store restored from a backup still says pending
    /// for what the agent has finished). It may go back only from dispatched to pending, when the agent turns out never to have
    /// received it, and be dispatched again (to the agent's next incarnation).
    /// </remarks>
    public static bool IsLegal(TaskState from, TaskState to) => (from, to) switch
    {
        (>= TaskState.Succeeded, _) => false,
        (TaskState.Dispatched, TaskState.Pending) => true,
        (_, TaskState.Pending) => false,
        (TaskState.Pending or TaskState.Dispatched, TaskState.Dispatched) => true,
        (_, TaskState.Dispatched) => false,
        (TaskState.Running, TaskState.Running) => false,
        // Once it may have reached the agent, "skipped" would claim more than is known.
        (not TaskState.Pending, TaskState.Skipped) => false,
        // What has started was delivered and was allowed.
        (TaskState.Running, TaskState.Expired or TaskState.Rejected) => false,
        _ => Enum.IsDefined(to),
    };
}
