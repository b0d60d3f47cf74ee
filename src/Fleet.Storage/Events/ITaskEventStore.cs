namespace Fleet.Storage;

/// <summary>The log of each job, and with it every move of a task. Replaying a log gives what was seen live.</summary>
public interface ITaskEventStore
{
    /// <summary>
    /// Applies entries in order and in one transaction: events, the tasks' columns, the jobs' counts, and the job's end when its
    /// last task ends. An entry that is refused changes nothing and does not harm its neighbors.
    /// </summary>
    Task<AppendResult> AppendAsync(IReadOnlyList<TaskEntry> entries, CancellationToken cancellationToken);

    /// <summary>
    /// Events of a job after a position, in order, up to so many rows and bytes of data; at least one event if there is any.
    /// </summary>
    Task<EventPage> ReadAsync(string jobId, long afterSeq, int maxRows, int maxBytes, CancellationToken cancellationToken);
}
