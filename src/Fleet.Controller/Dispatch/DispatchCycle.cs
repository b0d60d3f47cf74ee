using Fleet.Hosting.Settings;
using Fleet.Storage;

namespace Fleet.Controller.Dispatch;

/// <summary>One turn of the dispatch loop: takes in what happened, decides, stores, acts. Owns the state of all open jobs.</summary>
internal sealed partial class DispatchCycle
{
    private readonly IFleetStore _store;
    private readonly OpenJobs _open;
    private readonly JobSignals _signals;
    private readonly LinkStates _links;
    private readonly Reloadable<DispatchOptions> _options;
    private readonly TimeProvider _time;
    private readonly ILogger<DispatchCycle> _log;

    private readonly HashSet<RunningJob> _dirty = [];
    private readonly List<(DispatchEvent.Create Event, RunningJob Job)> _creating = [];
    private readonly List<DispatchEvent.Cancel> _cancelling = [];
    private readonly List<(DispatchEvent.Unfit Event, TaskSlot Slot)> _givingUp = [];

    public DispatchCycle(
        IFleetStore store, OpenJobs open, JobSignals signals, LinkStates links, Reloadable<DispatchOptions> options, TimeProvider time,
        ILogger<DispatchCycle> log)
    {
        _store = store;
        _open = open;
        _signals = signals;
        _links = links;
        _options = options;
        _time = time;
        _log = log;
    }

    /// <summary>When time alone may change something.</summary>
    public DateTimeOffset WakeAt { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Takes up a job that was open when the controller stopped.</summary>
    public void Recover(OpenJob stored)
    {
        var counts = stored.Job.Counts;
        var plan = JobPlans.Read(stored.Job, stored.Payload);
        var failures = counts.Failed + counts.TimedOut + counts.Rejected + counts.Expired + counts.Interrupted;
        var job = new RunningJob(plan, counts.Total, failures);
        foreach (var task in stored.Tasks)
            job.Add(new TaskSlot(job, task, _links.Of(task.AgentId)));
        if (stored.Job.CancelRequestedAt is { } cancelledAt)
            job.Cancel(stored.Job.CancelRequestedBy ?? "an operator", cancelledAt);
        _open.Add(job);
        LogRecovered(_log, plan.JobId, job.Pending, job.InFlight);
    }

    /// <summary>Takes the turn.</summary>
    public async Task RunAsync(IReadOnlyList<DispatchEvent> events, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var commit = new CycleCommit();
        foreach (var taken in events)
            Absorb(taken, commit, now);
        foreach (var job in _open.All)
        {
            if (job.WakeAt <= now)
                _dirty.Add(job);
        }

        var decisions = Decide(commit, now);
        await CommitAsync(commit, now, cancellationToken);
        Act(decisions, now);
        Finish();
    }

    private void Absorb(DispatchEvent taken, CycleCommit commit, DateTimeOffset now)
    {
        switch (taken)
        {
            case DispatchEvent.Create create when _open.Count + _creating.Count >= _options.Value.MaxOpenJobs:
                create.Reply.TrySetException(new TooManyJobsException(_options.Value.MaxOpenJobs));
                break;
            case DispatchEvent.Create create:
                var job = Begin(create);
                _creating.Add((create, job));
                _dirty.Add(job);
                break;
            case DispatchEvent.Cancel cancel:
                _cancelling.Add(cancel);
                if (_open.Find(cancel.JobId) is { CancelledBy: null } cancelled)
                {
                    cancelled.Cancel(cancel.By, now);
                    commit.NoteCancel(cancel.JobId, cancel.By, now);
                    _dirty.Add(cancelled);
                }

                break;
            case DispatchEvent.LinkUp up:
                up.Reply.TrySetResult(LinkUp(up, now));
                break;
            case DispatchEvent.LinkDown down:
                if (_links.Find(down.AgentId) is { } left && left.Detach(down.Link, down.At))
                    MarkDirty(left);
                break;
            case DispatchEvent.Progress progress:
                foreach (var task in progress.Tasks)
                    Follow(task, now);
                break;
            case DispatchEvent.Unfit unfit:
                GiveUp(unfit);
                break;
            case DispatchEvent.Hold hold:
                var held = _links.Of(hold.AgentId);
                held.Hold(hold.Since);
                MarkDirty(held);
                break;
            case DispatchEvent.AgentRemoved removed:
                var state = _links.Of(removed.AgentId);
                state.Remove(now);
                MarkDirty(state);
                break;
        }
    }

    private RunningJob Begin(DispatchEvent.Create create)
    {
        var tasks = create.Job.Tasks;
        var job = new RunningJob(create.Plan, tasks.Count);
        for (var i = 0; i < tasks.Count; i++)
            job.Add(new TaskSlot(job, i + 1, _links.Of(tasks[i].AgentId)));
        return job;
    }

    private Reconciliation LinkUp(DispatchEvent.LinkUp up, DateTimeOffset now)
    {
        var state = _links.Of(up.AgentId);
        state.Attach(up.Link, up.Incarnation, up.Held.Select(static held => held.TaskId).ToHashSet(StringComparer.Ordinal), now);
        MarkDirty(state);
        if (up.Held.Count == 0)
            return Reconciliation.Nothing;

        var open = state.Open.ToDictionary(static slot => slot.TaskId, StringComparer.Ordinal);
        return new Reconciliation(
            [.. up.Held.Where(held => open.ContainsKey(held.TaskId)).Select(held => (held.TaskId, open[held.TaskId].LastSeq))],
            [.. up.Held.Where(held => !open.ContainsKey(held.TaskId))]);
    }

    private void Follow(TaskProgress task, DateTimeOffset now)
    {
        if (_open.Find(task.JobId) is not { } job || job.Find(task.Ordinal) is not { } slot)
            return;

        slot.StoredUpTo(task.LastSeq, now);
        var agentWasFull = slot.Agent.InFlight >= _options.Value.MaxTasksPerAgent;
        if (task.State > slot.State)
        {
            Move(slot, task.State);
            if (slot.State == TaskState.Running)
                job.Wake(JobDecider.OverdueAt(slot, _options.Value));
        }

        if (agentWasFull && slot.HasEnded)
            MarkDirty(slot.Agent);
    }

    private void GiveUp(DispatchEvent.Unfit unfit)
    {
        var record = unfit.Record;
        if (_open.Find(record.JobId)?.Find(record.Ordinal) is not { HasEnded: false } slot)
        {
            // Over already: what comes of it is late, whatever it is.
            unfit.Reply.TrySetResult(true);
            return;
        }

        if (record.Kind == UnfitKind.Gap && !slot.IsGapAgain(record.Seq))
        {
            unfit.Reply.TrySetResult(false);
            return;
        }

        slot.GiveUp($"record {record.Seq} of the agent cannot be accepted: {record.Fault}; what the task did is unknown");
        _givingUp.Add((unfit, slot));
        _dirty.Add(slot.Job);
        LogGivenUp(_log, slot.Job.Plan.JobId, slot.TaskId, slot.Agent.AgentId, slot.GivenUp!);
    }

    private List<JobDecision> Decide(CycleCommit commit, DateTimeOffset now)
    {
        var decisions = new List<JobDecision>(_dirty.Count);
        foreach (var job in _dirty)
        {
            var decision = JobDecider.Decide(job, now, _options.Value);
            job.WakeAt = decision.WakeAt;
            job.StartAllowance.Take(decision.Dispatches.Count);
            foreach (var slot in decision.Dispatches)
            {
                // Held ready until the store has it, so that another job of this turn does not overfill the agent.
                slot.Agent.InFlight++;
                commit.Dispatch(slot, now);
            }

            foreach (var ending in decision.Ends)
                commit.End(ending, now);
            decisions.Add(decision);
        }

        _dirty.Clear();
        return decisions;
    }

    // The last turn's moves may have ended jobs, or freed room for their pending tasks.
    private void Finish()
    {
        var next = DateTimeOffset.MaxValue;
        foreach (var job in _open.All)
        {
            if (job.IsDone)
            {
                _open.Remove(job.Plan.JobId);
                _signals.Pulse(job.Plan.JobId);
                LogDone(_log, job.Plan.JobId, job.Failures);
            }
            else if (job.WakeAt < next)
            {
                next = job.WakeAt;
            }
        }

        WakeAt = next;
    }

    private static void Move(TaskSlot slot, TaskState state)
    {
        slot.MoveTo(state);
        if (!slot.HasEnded)
            return;

        slot.Job.ForgetEndedSoon();
        if (slot.Job.Pending > 0)
            slot.Job.WakeAt = DateTimeOffset.MinValue;
    }

    private void MarkDirty(LinkState agent)
    {
        foreach (var slot in agent.Open)
            _dirty.Add(slot.Job);
    }
}
