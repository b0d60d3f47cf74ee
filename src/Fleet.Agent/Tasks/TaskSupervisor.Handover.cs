using Fleet.Protocol.Identifiers;

namespace Fleet.Agent.Tasks;

/// <content>What an upgrade asks of the desk.</content>
internal sealed partial class TaskSupervisor
{
    private static readonly TimeSpan s_drainPoll = TimeSpan.FromMilliseconds(100);

    /// <summary>Tasks that have begun and not ended, besides one.</summary>
    public int OthersThan(TaskId task) => _active.Values.Count(a => a.HasStarted && a.Order.Id != task);

    /// <summary>
    /// Begins no more tasks, and waits until those that run are over. The others wait for their turn; where this process ends before
    /// it, the controller hands them to the next one.
    /// </summary>
    /// <returns>How many tasks run on at the limit.</returns>
    public async Task<int> DrainAsync(TaskId besides, TimeSpan limit, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        _executor.BeginNoMore();
        try
        {
            while (OthersThan(besides) is > 0 and var left)
            {
                if (_time.GetElapsedTime(started) >= limit)
                    return left;
                await Task.Delay(s_drainPoll, _time, cancellationToken);
            }

            return 0;
        }
        catch (OperationCanceledException)
        {
            _executor.BeginAgain();
            throw;
        }
    }

    /// <summary>Ends what <see cref="DrainAsync"/> began.</summary>
    public void BeginAgain() => _executor.BeginAgain();

    /// <summary>Leaves a task to the next process; false where somebody wanted it to end before.</summary>
    public bool TryHandOver(TaskId task) => _active.TryGetValue(task, out var active) && active.TryHandOver();

    /// <summary>There is no next process that goes on with it: the others have their turn again.</summary>
    public void TakeBack(TaskId task)
    {
        _executor.BeginAgain();
        if (_active.TryGetValue(task, out var active))
            active.TakeBack();
    }

    /// <summary>Notes why a task's own work cannot be done.</summary>
    public void NoteGivenUp(TaskId task, string reason)
    {
        if (_active.TryGetValue(task, out var active))
            active.NoteStop(StopOrigin.GaveUp, reason);
    }
}
