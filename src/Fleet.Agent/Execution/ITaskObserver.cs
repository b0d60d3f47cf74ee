namespace Fleet.Agent.Execution;

/// <summary>Is told all that happens to a task, in order, one call at a time. The journal implements it.</summary>
/// <remarks>
/// The task waits for each call: an observer that takes its time slows the program down, nothing piles up. One that throws ends
/// the task as abandoned. The token is cancelled only when the executor is disposed of without waiting any longer.
/// </remarks>
public interface ITaskObserver
{
    /// <summary>Nothing of the task has been started; its first process follows when this returns.</summary>
    ValueTask TaskStartingAsync(TaskStarting starting, CancellationToken cancellationToken);

    ValueTask StepStartedAsync(StepStarted started, CancellationToken cancellationToken);

    ValueTask OutputAsync(OutputChunk chunk, CancellationToken cancellationToken);

    ValueTask StepEndedAsync(StepReport report, CancellationToken cancellationToken);

    /// <summary>The last call, always made, also for tasks that were cancelled before they started.</summary>
    ValueTask TaskEndedAsync(TaskReport report, CancellationToken cancellationToken);
}
