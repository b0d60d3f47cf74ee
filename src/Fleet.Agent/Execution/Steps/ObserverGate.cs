namespace Fleet.Agent.Execution.Steps;

/// <summary>Lets the readers of two streams and the task itself speak to the observer one at a time.</summary>
internal sealed class ObserverGate(ITaskObserver observer, CancellationToken abort) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    internal ValueTask TaskStartingAsync(TaskStarting starting) => observer.TaskStartingAsync(starting, abort);

    internal ValueTask StepStartedAsync(StepStarted started) => observer.StepStartedAsync(started, abort);

    internal async ValueTask OutputAsync(OutputChunk chunk)
    {
        await _turn.WaitAsync(abort);
        try
        {
            await observer.OutputAsync(chunk, abort);
        }
        finally
        {
            _turn.Release();
        }
    }

    internal ValueTask StepEndedAsync(StepReport report) => observer.StepEndedAsync(report, abort);

    internal ValueTask TaskEndedAsync(TaskReport report) => observer.TaskEndedAsync(report, abort);

    public void Dispose() => _turn.Dispose();
}
