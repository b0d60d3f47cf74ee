using System.Collections.Concurrent;
using Fleet.Agent.Execution;
using Fleet.Agent.Journal;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent.Tasks;

/// <summary>
/// Where orders arrive: checks them, hands them to the executor, and knows which tasks are here. What becomes of a task goes
/// through the journal; only a refusal of something that never began is answered directly.
/// </summary>
/// <remarks>For all threads, though orders come from the link's reader alone.</remarks>
internal sealed partial class TaskSupervisor : IAsyncDisposable
{
    private readonly ConcurrentDictionary<TaskId, ActiveTask> _active = new();
    private readonly TaskExecutor _executor;
    private readonly TaskJournal _journal;
    private TaskOrderReader _orders;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private bool _isDisposed;
    private bool _hasWorked;

    public TaskSupervisor(TaskExecutor executor, TaskJournal journal, TaskPolicy policy, TimeProvider time, ILogger<TaskSupervisor> log)
    {
        _executor = executor;
        _journal = journal;
        _orders = new TaskOrderReader(policy);
        _time = time;
        _log = log;
    }

    /// <summary>Tasks that have begun and not ended.</summary>
    public int Running => _active.Values.Count(task => task.HasStarted);

    /// <summary>Tasks that wait for their turn.</summary>
    public int Queued => _active.Values.Count(task => !task.HasStarted);

    /// <summary>Whether all work is done and delivered; true once after each time that there was some.</summary>
    public bool ComesToRest() => _active.IsEmpty && _journal.Logs.Count == 0 && Interlocked.Exchange(ref _hasWorked, false);

    /// <summary>Every task that is here in any way, for the hello.</summary>
    public IReadOnlyList<HeldTask> Held()
    {
        var held = _journal.Logs.ToDictionary(log => log.Id, log => new HeldTask
        {
            TaskId = log.Id.ToString(),
            LastSeq = log.LastSeq,
            AcknowledgedSeq = log.AcknowledgedSeq,
            Running = !log.HasEnded,
        });
        foreach (var id in _active.Keys)
            held.TryAdd(id, new HeldTask { TaskId = id.ToString(), Running = true });
        return [.. held.Values];
    }

    /// <summary>What this host allows from now on; tasks that were taken already go on.</summary>
    public void UsePolicy(TaskPolicy policy) => Volatile.Write(ref _orders, new TaskOrderReader(policy));

    /// <summary>Takes an order.</summary>
    /// <returns>The end of a task that is not taken, to be sent as it is; null where there is nothing to say now.</returns>
    public TaskRecord? Receive(StartTask start)
    {
        if (!TaskId.TryParse(start.TaskId, out var id))
        {
            LogBadId(start.TaskId.Length);
            return null;
        }

        using (TaskScope.Begin(_log, id))
        {
            // Comes twice after a reconnect, where the first was received but not yet reported.
            if (_active.ContainsKey(id) || _journal.Find(id) is not null)
            {
                LogRepeated();
                return null;
            }

            if (_journal.IsUnreadable(id))
                return Refuse(id, TaskState.Interrupted, "the agent's journal of this task is damaged: whether it ran is unknown, and it does not run again");
            if (_journal.WasDelivered(id))
                return Refuse(id, TaskState.Interrupted, "this task has run here already and its result was delivered; it does not run again");
            if (Volatile.Read(ref _orders).Read(id, start, out var fault) is not { } order)
                return Refuse(id, TaskState.Rejected, fault);
            return _journal.Refusal() is { } refusal ? Refuse(id, TaskState.Rejected, refusal) : Submit(order);
        }
    }

    /// <summary>Ends a task.</summary>
    /// <returns>As <see cref="Receive"/>.</returns>
    public TaskRecord? Cancel(CancelTask cancel)
    {
        if (!TaskId.TryParse(cancel.TaskId, out var id))
        {
            LogBadId(cancel.TaskId.Length);
            return null;
        }

        var origin = cancel.Cause switch
        {
            CancelTask.Types.Cause.Deadline => StopOrigin.Deadline,
            CancelTask.Types.Cause.Abandoned => StopOrigin.Abandoned,
            _ => StopOrigin.Operator,
        };
        using (TaskScope.Begin(_log, id))
        {
            LogCancel(origin, cancel.Reason);
            if (_active.TryGetValue(id, out var active))
            {
                Stop(active, origin, cancel.Reason);
                return null;
            }

            if (_journal.Find(id) is { } log)
            {
                if (origin == StopOrigin.Abandoned && log.HasEnded)
                    _journal.Forget(log);
                return null;
            }

            // Not here, and not to be: an order that is still under way must not start it after this answer.
            if (origin == StopOrigin.Abandoned || _journal.WasDelivered(id))
                return null;
            _journal.Exclude(id, _time.GetUtcNow() + TimeSpan.FromHours(1));
            return origin == StopOrigin.Deadline
                ? Refuse(id, TaskState.TimedOut, "the job's deadline passed before the task reached the agent")
                : Refuse(id, TaskState.Cancelled, "cancelled before the task reached the agent");
        }
    }

    /// <summary>Ends and forgets what the controller does not know.</summary>
    /// <param name="named">What the hello named.</param>
    /// <param name="isKnown">Whether the controller knows a task.</param>
    public void DropUnknown(IEnumerable<HeldTask> named, Func<TaskId, bool> isKnown)
    {
        foreach (var task in named)
        {
            var id = TaskId.Parse(task.TaskId);
            if (isKnown(id))
                continue;
            using (TaskScope.Begin(_log, id))
                LogUnknown();
            if (_active.TryGetValue(id, out var active))
            {
                active.Over += _ => Forget(id);
                Stop(active, StopOrigin.Abandoned, "");
            }
            else
            {
                Forget(id);
            }
        }
    }

    /// <summary>Ends what runs, truthfully, and takes nothing more.</summary>
    /// <param name="reason">Why the agent stops, as a task's reason; empty: the agent's service was stopped.</param>
    /// <param name="cancellationToken">Cuts short what waits for a task's grace.</param>
    public async Task StopAsync(string reason, CancellationToken cancellationToken)
    {
        foreach (var active in _active.Values)
            active.NoteStop(StopOrigin.AgentStop, reason);
        var cancels = _active.Values.Select(a => a.Cancelling).ToList();
        try
        {
            await _executor.StopAsync("the agent was stopped", cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LogStopInHaste(_active.Count);
        }

        await DisposeAsync();
        await Task.WhenAll(cancels);
    }

    /// <summary>Ends the executor, which the desk owns, and with it what still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
            return;
        await _executor.DisposeAsync();
    }

    private TaskRecord? Submit(TaskOrder order)
    {
        var active = new ActiveTask(order, _journal, _time, _log);
        active.Over = Remove;
        if (!_active.TryAdd(order.Id, active))
            return null;
        Volatile.Write(ref _hasWorked, true);
        switch (_executor.Submit(order.Request, active))
        {
            case Admission.Refused { Reason: Refusal.Stopping or Refusal.AlreadyHere }:
                Remove(active);
                return null;
            case Admission.Refused refused:
                Remove(active);
                return Refuse(order.Id, TaskState.Rejected, refused.Detail);
        }

        LogAccepted(_active.Count);
        if (active.HasStarted)
            return null;
        active.StartDeadline = _time.CreateTimer(_ => GiveUpWaiting(active), null, order.StartWithin, Timeout.InfiniteTimeSpan);
        // It may have begun, or even ended, while the timer was made.
        if (active.HasStarted || !_active.ContainsKey(order.Id))
            active.Dispose();
        return null;
    }

    private void GiveUpWaiting(ActiveTask active)
    {
        if (!active.HasStarted)
            Stop(active, StopOrigin.NotStarted, $"it waited longer than {active.Order.StartWithin} for its turn");
    }

    private void Stop(ActiveTask active, StopOrigin origin, string reason)
    {
        active.NoteStop(origin, reason);
        // Awaited when the agent stops. The end reaches the journal whatever becomes of this wait.
        active.Cancelling = _executor.CancelAsync(active.Order.Request.TaskId, reason, CancellationToken.None);
    }

    private void Remove(ActiveTask active)
    {
        _active.TryRemove(active.Order.Id, out _);
        active.Dispose();
    }

    private void Forget(TaskId id)
    {
        if (_journal.Find(id) is { HasEnded: true } log)
            _journal.Forget(log);
    }

    private TaskRecord Refuse(TaskId id, TaskState state, string reason)
    {
        LogRefused(state, reason);
        return new TaskRecord
        {
            TaskId = id.ToString(),
            Seq = 1,
            AtMs = _time.GetUtcNow().ToUnixTimeMilliseconds(),
            Ended = new TaskEnded { State = state, Reason = TaskVerdict.Shorten(reason) },
        };
    }
}
