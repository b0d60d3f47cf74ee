namespace Fleet.Agent.Tests.Execution;

/// <summary>Real time, but timers of one length fire when the test says so: a loaded machine may be slow to get a program going.</summary>
internal sealed class FiredByHand(TimeSpan length) : TimeProvider
{
    private readonly TaskCompletionSource<Action> _timer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal async Task FireAsync() => (await _timer.Task.WaitAsync(TimeSpan.FromSeconds(20)))();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime != length)
            return System.CreateTimer(callback, state, dueTime, period);
        _timer.SetResult(() => callback(state));
        return System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
