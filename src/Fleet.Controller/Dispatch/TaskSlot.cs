using Fleet.Storage;

namespace Fleet.Controller.Dispatch;

/// <summary>One task of an open job, as it is now. Owned by the dispatch loop; the job, ordinal and agent never change.</summary>
internal sealed class TaskSlot
{
    private (long Last, long Next) _gap;

    /// <summary>A task that its agent does not have yet.</summary>
    public TaskSlot(RunningJob job, int ordinal, LinkState agent)
    {
        Job = job;
        Ordinal = ordinal;
        Agent = agent;
    }

    /// <summary>A task as the store had it when the controller started.</summary>
    public TaskSlot(RunningJob job, TaskRecord stored, LinkState agent)
        : this(job, stored.Ordinal, agent)
    {
        State = stored.State;
        DispatchedTo = stored.DispatchedTo;
        LastSeq = stored.LastAgentSeq;
    }

    /// <summary>The job.</summary>
    public RunningJob Job { get; }

    /// <summary>Number within the job, from 1.</summary>
    public int Ordinal { get; }

    /// <summary>The agent that is to run it.</summary>
    public LinkState Agent { get; }

    /// <summary>Where it is on its way.</summary>
    public TaskState State { get; private set; } = TaskState.Pending;

    /// <summary>The incarnation that it was handed to; null before.</summary>
    public string? DispatchedTo { get; private set; }

    /// <summary>The last of the agent's records that is stored.</summary>
    public long LastSeq { get; private set; }

    /// <summary>What the present link was told; forgotten with the link.</summary>
    public CancelCause CancelSent { get; private set; }

    /// <summary>When the present link was told; null while it was not.</summary>
    public DateTimeOffset? CancelSentAt { get; private set; }

    /// <summary>When it was last handed to its agent; null where that was before this controller's start.</summary>
    public DateTimeOffset? HandedAt { get; private set; }

    /// <summary>When this controller heard that it had started; null where it has not, or another one did.</summary>
    public DateTimeOffset? StartedAt { get; private set; }

    /// <summary>When the last of the agent's records of it was stored; null where that was before this controller's start.</summary>
    public DateTimeOffset? LastWordAt { get; private set; }

    /// <summary>Whether the agent named it when it linked.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>Whether it was handed over before the present link began, and the agent does not have it.</summary>
    public bool IsMissing { get; private set; }

    /// <summary>Why its log cannot go on; null while it can.</summary>
    public string? GivenUp { get; private set; }

    /// <summary>Its id on the wire.</summary>
    public string TaskId => $"{Job.Plan.JobId}.{Ordinal}";

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => TaskMoves.IsEnd(State);

    /// <summary>Whether its agent has it, or may have.</summary>
    public bool IsInFlight => State is TaskState.Dispatched or TaskState.Running;

    /// <summary>Follows a move that is stored; the counters of job and agent follow with it. A task that has ended stays as it is.</summary>
    public void MoveTo(TaskState state)
    {
        if (HasEnded || state == State)
            return;

        var wasInFlight = IsInFlight;
        var before = State;
        State = state;
        if (IsInFlight != wasInFlight)
            Agent.InFlight += IsInFlight ? 1 : -1;
        if (HasEnded)
            Agent.Open.Remove(this);
        Job.Count(before, state);
    }

    /// <summary>Remembers the incarnation it is handed to.</summary>
    public void HandTo(string incarnation, DateTimeOffset now)
    {
        HandedAt = now;
        if (DispatchedTo != incarnation)
            LastSeq = 0;
        DispatchedTo = incarnation;
        MoveTo(TaskState.Dispatched);
    }

    /// <summary>Remembers how much of its log is stored.</summary>
    public void StoredUpTo(long seq, DateTimeOffset now)
    {
        LastSeq = Math.Max(LastSeq, seq);
        StartedAt ??= now;
        LastWordAt = now;
    }

    /// <summary>Whether the agent has left the same gap before. The first time counts as the wire's fault.</summary>
    /// <param name="seq">The record that does not follow the last one stored.</param>
    public bool IsGapAgain(long seq)
    {
        var gap = (LastSeq, seq);
        var isAgain = _gap == gap;
        _gap = gap;
        return isAgain;
    }

    /// <summary>Nothing more can come of it; the first reason stays.</summary>
    public void GiveUp(string reason) => GivenUp ??= reason;

    /// <summary>Remembers that the agent was told to end it.</summary>
    public void MarkCancelSent(CancelCause cause, DateTimeOffset at)
    {
        CancelSent = cause;
        CancelSentAt = at;
    }

    /// <summary>Its agent has linked anew: what the earlier link was told may not have arrived.</summary>
    public void Relink(bool isHeld)
    {
        CancelSent = CancelCause.None;
        CancelSentAt = null;
        IsHeld = isHeld;
        IsMissing = !isHeld && IsInFlight;
    }

    /// <summary>It has been sent again.</summary>
    public void MarkSentAgain(DateTimeOffset now)
    {
        IsMissing = false;
        HandedAt = now;
    }
}
