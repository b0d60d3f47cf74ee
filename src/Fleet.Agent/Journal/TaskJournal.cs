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
    private readonly HashSet<TaskId> _unreadable = [];
    private readonly SeenTasks _seen;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    // Delivered, gone from the logs, and with a file that could not be removed yet.
    private readonly ConcurrentDictionary<TaskId, TaskLog> _undeleted = new();

    // One at a time: who is told that nothing is left must be able to rely on it.
    private readonly Lock _catchingUp = new();
    private volatile JournalFault? _fault;

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
        _time = time;
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

    /// <summary>Told when <see cref="Fault"/> has changed, by the thread that found out. Whoever hears it must be quick.</summary>
    public event Action? FaultChanged;

    /// <summary>Why the journal cannot be written at this moment; null while it can.</summary>
    public JournalFault? Fault => _fault;

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

    /// <summary>Whether an earlier process left a file of the task of which nothing can be read.</summary>
    public bool IsUnreadable(TaskId id) => _unreadable.Contains(id);

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
        TaskLog log;
        try
        {
            log = TaskLog.Create(id, _directory.TaskLog(id), new TaskLogHeader(Id, BootId, mark, seenUntil), Usage);
        }
        catch (Exception e) when (JournalFault.Is(e))
        {
            NoteFault(e);
            throw;
        }

        return Add(log);
    }

    /// <summary>The same of a task that will not start, and for which the disk has no room: it can be told all the same.</summary>
    public TaskLog CreateInMemory(TaskId id, DateTimeOffset seenUntil) => Add(TaskLog.InMemory(id, seenUntil, Usage));

    /// <summary>Writes a record and tells whoever sends them.</summary>
    /// <exception cref="IOException">Nothing was written.</exception>
    public void Append(TaskLog log, TaskRecord record)
    {
        try
        {
            log.Append(record);
        }
        catch (Exception e) when (JournalFault.Is(e) && record.EntryCase != TaskRecord.EntryOneofCase.Output)
        {
            // A piece of output is large: where it does not fit, tasks may do all the same.
            NoteFault(e);
            throw;
        }

        Appended?.Invoke(log);
    }

    /// <summary>As <see cref="Append"/>, also where the disk takes nothing. For what a task did and how it ended, not for output.</summary>
    public void Keep(TaskLog log, TaskRecord record)
    {
        if (log.Keep(record) is { } e)
            NoteFault(e);
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
        if (TryRemove(log) is { } e)
        {
            _undeleted[log.Id] = log;
            LogForgetFailed(log.Id, e.Message);
            NoteFault(e);
        }

        // Each file that goes makes room for what the disk did not take before.
        if (_fault is not null)
            CatchUp();
    }

    /// <summary>Does what the disk did not let happen before: removes delivered tasks, writes what stands in memory.</summary>
    /// <returns>Whether nothing is left to be done; <see cref="Fault"/> is null then.</returns>
    public bool CatchUp()
    {
        lock (_catchingUp)
            return CatchUp_NeedsLock();
    }

    private bool CatchUp_NeedsLock()
    {
        try
        {
            foreach (var log in _undeleted.Values)
            {
                if (TryRemove(log) is { } e)
                {
                    NoteFault(e);
                    return false;
                }

                _undeleted.TryRemove(log.Id, out _);
            }

            foreach (var log in _logs.Values)
                log.WriteInMemory();
            _seen.Reserve();
            _directory.TryWrite();
            SetFault(null);
            return true;
        }
        catch (Exception e) when (JournalFault.Is(e))
        {
            NoteFault(e);
            return false;
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
            NoteFault(e);
        }
    }

    public void Dispose()
    {
        foreach (var log in _logs.Values)
            log.Dispose();
        _seen.Dispose();
    }

    private TaskLog Add(TaskLog log) => _logs.TryAdd(log.Id, log)
        ? log
        : throw new InvalidOperationException($"task {log.Id} is in the journal already");

    // In this order: a crash between the two leaves a task that is delivered twice, not one that could run twice.
    private Exception? TryRemove(TaskLog log)
    {
        try
        {
            try
            {
                _seen.Add(log.Id, log.SeenUntil);
            }
            catch (IOException)
            {
                // The room that it needs may be its own.
                log.Shrink();
                _seen.Add(log.Id, log.SeenUntil);
            }

            log.Delete();
            return null;
        }
        catch (Exception e) when (JournalFault.Is(e))
        {
            return e;
        }
    }

    private void NoteFault(Exception e) => SetFault(JournalFault.Of(e));

    private void SetFault(JournalFault? fault)
    {
        if (Interlocked.Exchange(ref _fault, fault) != fault)
            FaultChanged?.Invoke();
    }

    private void Recover(TaskId id, string path)
    {
        RecoveredLog? found;
        long unreadBytes;
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
        {
            var length = RandomAccess.GetLength(file);
            found = RecoveredLog.Read(id, file);
            unreadBytes = length - (found?.IntactBytes ?? 0);
            if (found is not null && unreadBytes > 0)
            {
                RandomAccess.SetLength(file, found.IntactBytes);
                if (found.IsDamaged)
                    LogDamaged(id, unreadBytes, found.LastSeq);
                else
                    LogTornTail(id, unreadBytes);
            }
        }

        if (found is null or { LastSeq: 0 })
        {
            DropUnstarted(id, path, unreadBytes);
            return;
        }

        _logs[id] = TaskLog.Reopen(found, path, found.Header.BootId == BootId, Usage);
        if (!found.HasEnded)
            _unfinished.Add(found);
    }

    // No record means that nothing was started: the controller, not finding the task here, sends it again. What cannot be read may have
    // been a record, and such a task must not run a second time.
    private void DropUnstarted(TaskId id, string path, long unreadBytes)
    {
        if (unreadBytes > 0)
        {
            _unreadable.Add(id);
            Exclude(id, _time.GetUtcNow() + Limits.DeliveryTimeout);
            LogUnreadable(id, unreadBytes);
        }
        else
        {
            LogNeverStarted(id);
        }

        File.Delete(path);
    }

    [LoggerMessage(5500, LogLevel.Warning, "The journal of task {TaskId} ended with {Bytes} bytes of an incomplete record; dropped")]
    private partial void LogTornTail(TaskId taskId, long bytes);

    [LoggerMessage(5501, LogLevel.Information, "Task {TaskId} had a journal but was not started; removed")]
    private partial void LogNeverStarted(TaskId taskId);

    [LoggerMessage(5502, LogLevel.Error, "The journal of delivered task {TaskId} could not be removed; it will be retried: {Reason}")]
    private partial void LogForgetFailed(TaskId taskId, string reason);

    [LoggerMessage(5503, LogLevel.Error, "The journal of task {TaskId} is damaged after record {LastSeq}; {Bytes} bytes are dropped")]
    private partial void LogDamaged(TaskId taskId, long bytes, ulong lastSeq);

    [LoggerMessage(5504, LogLevel.Error, "The journal of task {TaskId} cannot be read ({Bytes} bytes): whether the task has run is unknown; it will not run again")]
    private partial void LogUnreadable(TaskId taskId, long bytes);
}
