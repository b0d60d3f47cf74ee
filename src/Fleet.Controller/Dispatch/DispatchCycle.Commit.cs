using Fleet.Storage;

namespace Fleet.Controller.Dispatch;

/// <summary>The second half of a turn: what was decided is stored, then done.</summary>
internal sealed partial class DispatchCycle
{
    private async Task CommitAsync(CycleCommit commit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // 1. Everything goes into the store's queue in this order, before anything is awaited, and so shares one commit. A job that
        //    the store then refuses leaves entries that name no task; the store refuses those too.
        var creations = _creating.Select(create => _store.Jobs.CreateAsync(create.Event.Job, cancellationToken)).ToArray();
        var cancels = _cancelling
            .Select(cancel => _store.Jobs.RequestCancelAsync(cancel.JobId, cancel.By, now, cancellationToken)).ToArray();
        var append = commit.Entries.Count > 0 ? _store.Events.AppendAsync(commit.Entries, cancellationToken) : null;

        // 2. Jobs are published before their tasks go out: agents' records must find them.
        var refused = new HashSet<RunningJob>();
        for (var i = 0; i < creations.Length; i++)
        {
            if (!await PublishAsync(_creating[i].Event, _creating[i].Job, creations[i]))
                refused.Add(_creating[i].Job);
        }

        // 3. Moves follow the store's verdicts.
        await FollowAsync(commit, append, refused, now);
        foreach (var job in refused)
            job.Withdraw();

        // 4. Whoever asked is answered.
        for (var i = 0; i < cancels.Length; i++)
            await AnswerAsync(_cancelling[i].Reply, cancels[i]);
        for (var i = 0; i < creations.Length; i++)
            await AnswerAsync(_creating[i].Event.Reply, creations[i]);
        foreach (var (unfit, slot) in _givingUp)
            unfit.Reply.TrySetResult(slot.HasEnded);
        _creating.Clear();
        _cancelling.Clear();
        _givingUp.Clear();
    }

    private async Task<bool> PublishAsync(DispatchEvent.Create create, RunningJob job, Task<JobCreation> creation)
    {
        try
        {
            var outcome = await creation;
            if (outcome.Status != JobCreationStatus.Created)
                return false;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The caller gets the exception, and logs it.
            return false;
        }

        _open.Add(job);
        LogCreated(_log, create.Job.Id, create.Job.OperatorName, create.Job.Tasks.Count, create.Job.Target, create.Job.Summary);
        return true;
    }

    private async Task FollowAsync(CycleCommit commit, Task<AppendResult>? append, HashSet<RunningJob> refused, DateTimeOffset now)
    {
        if (append is null)
            return;

        AppendResult? result = null;
        try
        {
            result = await append;
        }
        catch (StoreException e)
        {
            LogStoreFailed(_log, e);
        }

        for (var i = 0; i < commit.Entries.Count; i++)
        {
            if (commit.Slots[i] is not { } slot)
                continue;

            var entry = commit.Entries[i];
            var isDispatch = entry.Move!.To == TaskState.Dispatched;
            if (isDispatch)
                slot.Agent.InFlight--;
            if (refused.Contains(slot.Job))
                continue;
            if (result is null)
                slot.Job.WakeAt = now + _options.Value.StoreRetry;
            else
                Follow(slot, entry, result.Entries[i], now);
        }

        foreach (var progress in result?.Jobs ?? [])
            _signals.Pulse(progress.JobId);
    }

    private void Follow(TaskSlot slot, TaskEntry entry, EntryOutcome outcome, DateTimeOffset now)
    {
        var to = entry.Move!.To;
        switch (outcome.Status)
        {
            case EntryStatus.Applied when to == TaskState.Dispatched:
                slot.HandTo(entry.Move.DispatchedTo!, now);
                LogDispatched(_log, slot.Job.Plan.JobId, slot.TaskId, slot.Agent.AgentId);
                break;
            case EntryStatus.Applied:
                Move(slot, to);
                LogEnded(_log, slot.Job.Plan.JobId, slot.TaskId, slot.Agent.AgentId, to, entry.Move.Reason!);
                break;
            case EntryStatus.UnknownTask:
                // Somebody took it out of the store behind our back: there is nothing left to run or report.
                LogVanished(_log, slot.Job.Plan.JobId, slot.TaskId, slot.Agent.AgentId);
                Move(slot, TaskState.Interrupted);
                break;
            default:
                // The agent's record came first: the store's state is the truth, and the next look starts from it.
                if (outcome.State > slot.State)
                    Move(slot, outcome.State);
                slot.Job.WakeAt = now;
                break;
        }
    }

    private void Act(List<JobDecision> decisions, DateTimeOffset now)
    {
        foreach (var decision in decisions)
        {
            // Where the store refused or failed the task is still pending and its turn comes again. What the agent named as held it has.
            foreach (var slot in decision.Dispatches)
            {
                if (slot.State == TaskState.Dispatched && !slot.IsHeld)
                    slot.Agent.Link?.Post(TaskMessages.Start(slot, now));
            }

            foreach (var slot in decision.Resends)
            {
                slot.MarkSentAgain(now);
                slot.Agent.Link?.Post(TaskMessages.Start(slot, now));
                LogSentAgain(_log, slot.Job.Plan.JobId, slot.TaskId, slot.Agent.AgentId);
            }

            foreach (var (slot, cause, reason) in decision.Cancels)
            {
                slot.MarkCancelSent(cause, now);
                slot.Agent.Link?.Post(TaskMessages.Cancel(slot.TaskId, cause, reason));
            }
        }
    }

    private static async Task AnswerAsync<T>(TaskCompletionSource<T> reply, Task<T> work)
    {
        try
        {
            reply.TrySetResult(await work);
        }
        catch (Exception e)
        {
            reply.TrySetException(e);
        }
    }
}
