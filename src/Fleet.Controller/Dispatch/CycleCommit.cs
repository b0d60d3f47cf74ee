using Fleet.Storage;

namespace Fleet.Controller.Dispatch;

/// <summary>What one turn of dispatch wants stored: entries, and beside each the task whose move it is.</summary>
internal sealed class CycleCommit
{
    private readonly List<TaskEntry> _entries = [];
    private readonly List<TaskSlot?> _slots = [];

    /// <summary>The entries, in order.</summary>
    public IReadOnlyList<TaskEntry> Entries => _entries;

    /// <summary>For each entry its task; null for a note on a job.</summary>
    public IReadOnlyList<TaskSlot?> Slots => _slots;

    /// <summary>A task is handed to its agent's present incarnation.</summary>
    public void Dispatch(TaskSlot slot, DateTimeOffset at) => Add(slot, new TaskEntry
    {
        JobId = slot.Job.Plan.JobId,
        Ordinal = slot.Ordinal,
        Kind = TaskEventKind.Dispatched,
        At = at,
        Move = new TaskMove(TaskState.Dispatched) { DispatchedTo = slot.Agent.Incarnation },
    });

    /// <summary>The controller ends a task.</summary>
    public void End(TaskEnding ending, DateTimeOffset at)
    {
        var result = TaskEnds.Encode(ending.State, ending.Reason);
        Add(ending.Slot, new TaskEntry
        {
            JobId = ending.Slot.Job.Plan.JobId,
            Ordinal = ending.Slot.Ordinal,
            Kind = TaskEventKind.Ended,
            At = at,
            Data = result,
            Move = new TaskMove(ending.State) { Reason = ending.Reason, ResultBytes = result },
        });
    }

    /// <summary>Somebody asked to cancel a job; watchers are to hear of it in the log.</summary>
    public void NoteCancel(string jobId, string by, DateTimeOffset at)
    {
        _slots.Add(null);
        _entries.Add(new TaskEntry
        {
            JobId = jobId,
            Ordinal = 0,
            Kind = TaskEventKind.Note,
            At = at,
            Data = System.Text.Encoding.UTF8.GetBytes(by),
        });
    }

    private void Add(TaskSlot slot, TaskEntry entry)
    {
        _slots.Add(slot);
        _entries.Add(entry);
    }
}
