using Fleet.Storage;

namespace Fleet.Controller.Dispatch;

/// <summary>A task that the controller ends itself.</summary>
internal readonly record struct TaskEnding(TaskSlot Slot, TaskState State, string Reason);

/// <summary>A task that its agent is to be told to end.</summary>
internal readonly record struct TaskCancelling(TaskSlot Slot, CancelCause Cause, string Reason);

/// <summary>What is to be done about a job now, and when to look again.</summary>
internal sealed class JobDecision
{
    /// <summary>Tasks to hand to their agents.</summary>
    public List<TaskSlot> Dispatches { get; } = [];

    /// <summary>Tasks that were handed over, never arrived, and go out again.</summary>
    public List<TaskSlot> Resends { get; } = [];

    /// <summary>Tasks to end.</summary>
    public List<TaskEnding> Ends { get; } = [];

    /// <summary>Tasks to have ended by their agents.</summary>
    public List<TaskCancelling> Cancels { get; } = [];

    /// <summary>When time alone changes something, unless something happens before.</summary>
    public DateTimeOffset WakeAt { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>Looks again no later than this.</summary>
    public void Wake(DateTimeOffset at)
    {
        if (at < WakeAt)
            WakeAt = at;
    }
}
