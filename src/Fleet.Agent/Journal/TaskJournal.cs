using System.Collections.Concurrent;
using Fleet.Protocol;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent.Journal;

/// <summary>
/// All that the agent knows of its tasks and must not forget: a <see cref="TaskLog"/> for each that runs or is not yet
/// delivered to its end, and the list of those delivered.
/// </summary>
/// <remarks>For all threads. One process at a time: the state directory's lock sees to that.</remarks>
internal sealed partial class TaskJournal : IDisposable
{
    private readonly StateDirectory _directory;
    private readonly ConcurrentDictionary<TaskId, TaskLog> _logs = new();
    private readonly List<RecoveredLog> _unfinished = [];
    private readonly SeenTasks _seen;
    private readonly ILogger _log;

    /// <summary>Opens the journal and reads what an earlier process left.</summary>
    /// <param name="directory">Made and locked already.</param>
    /// <param name="bootId">The host's present boot.</param>
    /// <param name="limitBytes">What the files may take together.</param>
    /// <param name="time">For the expiry of delivered tasks.</param>
    /// <param name="log">Where recovery reports.</param>
    /// <exception cref="IOException">The directory cannot be used.</exception>
    public TaskJournal(StateDirectory directory, string bootId, long limitBytes, TimeProvider time, ILogger<TaskJournal> log)
    {
        _directory = directory;
        _log = log;
        BootId = bootId;
        Usage = new JournalUsage(limitBytes);
        Id = JournalIdFile.ReadOrCreate(directory.JournalId);
        _seen = new SeenTasks(directory.Seen, time);
        foreach (var (id, path) in directory.TaskLogs())
            Recover(id, path);
    }

    /// <summary>Told of a record that was written, by the thread that wrote it.</summary>
    public event Action<TaskLog>? Appended;

    /// <summary>Another id means another journal: what the old one held is lost.</summary>
    public string Id { get; }

    /// <summary>The boot of the host that this process runs in.</summary>
    public string BootId { get; }

    /// <summary>Space taken and allowed.</summary>
    public JournalUsage Usage { get; }

    /// <summary>Every task with a file.</summary>
    public ICollection<TaskLog> Logs => _logs.Values;

    /// <summary>Tasks found at the start that had not ended; see <see cref="Find"/> for their logs.</summary>
    public IReadOnlyList<RecoveredLog> Unfinished => _unfinished;

    /// <summary>The task's log; null where there is none.</summary>
    public TaskLog? Find(TaskId id) => _logs.GetValueOrDefault(id);

    /// <summary>Whether the task has ended and was delivered not long ago.</summary>
    public bool WasDelivered(TaskId id) => _seen.Contains(id);

    /// <summary>Why no further task can be taken; null where one can.</summary>
    public string? Refusal() =>
        Usage.IsFull ? $"the agent's journal is full ({Usage.Bytes} of {Usage.LimitBytes} bytes wait for the controller)"
        : _logs.Count >= Limits.HeldTasks ? $"the agent's journal holds {Limits.HeldTasks} tasks, which is all it may"
        : null;

    /// <summary>Makes the log of a task that is about to start.</summary>
    /// <param name="id">The task.</param>
    /// <param name="mark">See <see cref="TaskLogHeader"/>.</param>
    /// <param name="seenUntil">Until when its id is remembered after its end.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public TaskLog Create(TaskId id, int mark, DateTimeOffset seenUntil)
    {
        var log = TaskLog.Create(id, _directory.TaskLog(id), new TaskLogHeader(Id, BootId, mark, seenUntil), Usage);
        if (!_logs.TryAdd(id, log))
            throw new InvalidOperationException($"task {id} is in the journal already");
        return log;
    }

    /// <summary>Writes a record and tells whoever sends them.</summary>
    /// <exception cref="IOException">Nothing was written.</exception>
    public void Append(TaskLog log, TaskRecord record)
    {
        log.Append(record);
        Appended?.Invoke(log);
    }

    /// <summary>Notes what the controller has stored, and drops a task that is delivered to its end.</summary>
    public void Acknowledge(TaskLog log, ulong seq)
    {
        if (log.Acknowledge(seq))
            Forget(log);
    }

    /// <summary>Drops a task; its id stays known for a while.</summary>
    public void Forget(TaskLog log)
    {
        if (!_logs.TryRemove(log.Id, out _))
            return;
        try
        {
            // In this order: a crash between the two leaves a task that is delivered twice, not one that could run twice.
            _seen.Add(log.Id, log.SeenUntil);
            log.Delete();
        }
        catch (IOException e)
        {
            LogForgetFailed(log.Id, e.Message);
        }
    }

    /// <summary>Treats a task that never came as one that was delivered, so that it does not start later.</summary>
    public void Exclude(TaskId id, DateTimeOffset until)
    {
        try
        {
            _seen.Add(id, until);
        }
        catch (IOException e)
        {
            LogForgetFailed(id, e.Message);
        }
    }

    public void Dispose()
    {
        foreach (var log in _logs.Values)
            log.Dispose();
        _seen.Dispose();
    }

    private void Recover(TaskId id, string path)
    {
        RecoveredLog? found;
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
        {
            var length = RandomAccess.GetLength(file);
            found = RecoveredLog.Read(id, file);
            if (found is not null && found.IntactBytes < length)
            {
                RandomAccess.SetLength(file, found.IntactBytes);
                LogTornTail(id, length - found.IntactBytes);
            }
        }

        // No record means that nothing was started: the controller, not finding the task here, sends it again.
        if (found is null or { LastSeq: 0 })
        {
            File.Delete(path);
            LogNeverStarted(id);
            return;
        }

        _logs[id] = TaskLog.Reopen(found, path, Usage);
        if (!found.HasEnded)
            _unfinished.Add(found);
    }

    [LoggerMessage(5500, LogLevel.Warning, "The journal of task {TaskId} had {Bytes} bytes of a record that was not written whole; they are dropped")]
    private partial void LogTornTail(TaskId taskId, long bytes);

    [LoggerMessage(5501, LogLevel.Information, "Task {TaskId} had a journal but was not started; it is forgotten")]
    private partial void LogNeverStarted(TaskId taskId);

    [LoggerMessage(5502, LogLevel.Error, "The journal of delivered task {TaskId} could not be removed: {Reason}")]
    private partial void LogForgetFailed(TaskId taskId, string reason);
}
