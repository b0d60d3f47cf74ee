namespace Fleet.Storage;

/// <summary>A job that a batch of entries changes, and by how much; providers read and write it.</summary>
internal abstract class TouchedJob(string id)
{
    private readonly int[] changes = new int[TaskMoves.StateCount];
    private readonly Dictionary<int, TouchedTask?> tasks = [];

    public string Id { get; } = id;

    /// <summary>Bytes of data added to its log.</summary>
    public long OutputBytes { get; set; }

    /// <summary>Whose entry changed it last; null if none did.</summary>
    public EntryShare? LastChangedBy { get; set; }

    /// <summary>Its tasks by state, once written.</summary>
    public TaskCounts Counts { get; private set; } = null!;

    /// <summary>Whether its last task ended now, once written. True only for the batch that ends it; remarks may follow.</summary>
    public bool BecameDone { get; private set; }

    /// <summary>One of its tasks, read once; null where there is none.</summary>
    public TouchedTask? FindTask(int ordinal)
    {
        if (!tasks.TryGetValue(ordinal, out var task))
            tasks.Add(ordinal, task = ReadTask(ordinal));
        return task;
    }

    public void CountMove(TaskState from, TaskState to)
    {
        changes[(int)from]--;
        changes[(int)to]++;
    }

    /// <summary>Writes the tasks, the counts, and the job's end when no task is open any more.</summary>
    public void Write(DateTimeOffset now)
    {
        foreach (var task in tasks.Values)
            task?.Write();
        (Counts, BecameDone) = WriteJob(changes, now);
    }

    /// <summary>Adds an event to its log; returns the event's position.</summary>
    public abstract long InsertEvent(TaskEventKind kind, TaskEntry entry);

    protected abstract TouchedTask? ReadTask(int ordinal);

    /// <summary>Writes the job alone: by how much each state's count changes, and its end where no task is open any more and it had not ended.</summary>
    protected abstract (TaskCounts Counts, bool BecameDone) WriteJob(IReadOnlyList<int> changes, DateTimeOffset now);
}
