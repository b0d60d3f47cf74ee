using Fleet.Storage;

namespace Fleet.Controller.Dispatch;

/// <summary>One open job, as it is now. Owned by the dispatch loop; others read only what never changes.</summary>
internal sealed class RunningJob
{
    private readonly TaskSlot?[] _slots;
    private readonly List<TaskSlot> _open = [];

    /// <summary>A job that is being created, or was open when the controller started.</summary>
    /// <param name="plan">What was asked.</param>
    /// <param name="total">Tasks of the job, ended ones included.</param>
    /// <param name="failures">Tasks that had ended without success before.</param>
    public RunningJob(JobPlan plan, int total, int failures = 0)
    {
        Plan = plan;
        _slots = new TaskSlot?[total];
        Failures = failures;
        StartAllowance = new StartAllowance(plan.RatePerSecond, plan.CreatedAt);
    }

    /// <summary>What was asked.</summary>
    public JobPlan Plan { get; }

    /// <summary>Tasks that have not ended, by ordinal. Some ended ones may still be among them.</summary>
    public IReadOnlyList<TaskSlot> Open => _open;

    /// <summary>Tasks not handed over yet.</summary>
    public int Pending { get; private set; }

    /// <summary>Tasks that agents have.</summary>
    public int InFlight { get; private set; }

    /// <summary>Tasks that ended without success, those that were cancelled or skipped not counted.</summary>
    public int Failures { get; private set; }

    /// <summary>Who asked to cancel it; null if nobody did.</summary>
    public string? CancelledBy { get; private set; }

    /// <summary>When that was; null if nobody did.</summary>
    public DateTimeOffset? CancelledAt { get; private set; }

    /// <summary>Starts that the rate allows.</summary>
    public StartAllowance StartAllowance { get; }

    /// <summary>Nothing can change by itself before this time.</summary>
    public DateTimeOffset WakeAt { get; set; } = DateTimeOffset.MinValue;

    /// <summary>Whether every task has ended.</summary>
    public bool IsDone => Pending == 0 && InFlight == 0;

    /// <summary>Adds a task before the job is published.</summary>
    public void Add(TaskSlot slot)
    {
        _slots[slot.Ordinal - 1] = slot;
        _open.Add(slot);
        slot.Agent.Open.Add(slot);
        if (slot.IsInFlight)
        {
            InFlight++;
            slot.Agent.InFlight++;
        }
        else
        {
            Pending++;
        }
    }

    /// <summary>The task of this number; null where there is none or it had ended before the controller started. Safe from any thread.</summary>
    public TaskSlot? Find(int ordinal) => ordinal >= 1 && ordinal <= _slots.Length ? _slots[ordinal - 1] : null;

    /// <summary>Follows a task's move.</summary>
    public void Count(TaskState from, TaskState to)
    {
        Bump(from, -1);
        Bump(to, 1);
        if (IsFailure(to))
            Failures++;
    }

    /// <summary>An operator wants it cancelled; the first one's name stays.</summary>
    public void Cancel(string by, DateTimeOffset at)
    {
        CancelledBy ??= by;
        CancelledAt ??= at;
    }

    /// <summary>Looks at it again no later than this.</summary>
    public void Wake(DateTimeOffset at)
    {
        if (at < WakeAt)
            WakeAt = at;
    }

    /// <summary>Drops ended tasks from <see cref="Open"/>, once they are half of it: a sweep for each end would cost the square.</summary>
    public void ForgetEndedSoon()
    {
        if (Pending + InFlight < _open.Count / 2)
            _open.RemoveAll(static slot => slot.HasEnded);
    }

    /// <summary>Takes every task back, of a job that could not be stored.</summary>
    public void Withdraw()
    {
        foreach (var slot in _open)
        {
            slot.Agent.Open.Remove(slot);
            if (slot.IsInFlight)
                slot.Agent.InFlight--;
        }
    }

    /// <summary>Whether an end counts towards the failure limit.</summary>
    public static bool IsFailure(TaskState state) => state is
        TaskState.Failed or TaskState.TimedOut or TaskState.Rejected or TaskState.Expired or TaskState.Interrupted;

    private void Bump(TaskState state, int by)
    {
        if (state == TaskState.Pending)
            Pending += by;
        else if (!TaskMoves.IsEnd(state))
            InFlight += by;
    }
}
