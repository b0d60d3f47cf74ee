namespace Fleet.Agent.Execution;

/// <summary>Tells a task, once, that it has to end; the first cause stays.</summary>
internal sealed class StopSignal
{
    private readonly TaskCompletionSource<StopCause> _given = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task<StopCause> Given => _given.Task;

    /// <summary>The cause; null while there is none.</summary>
    internal StopCause? Cause => _given.Task.IsCompletedSuccessfully ? _given.Task.GetAwaiter().GetResult() : null;

    internal void Give(StopCause cause) => _given.TrySetResult(cause);
}
