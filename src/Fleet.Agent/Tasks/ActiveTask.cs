using Fleet.Agent.Execution;
using Fleet.Agent.Execution.Native;
using Fleet.Agent.Journal;
using Fleet.Protocol.V1;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using OutputChunk = Fleet.Agent.Execution.OutputChunk;
using OutputStream = Fleet.Agent.Execution.OutputStream;

namespace Fleet.Agent.Tasks;

/// <summary>One task from its order to its end: turns what the executor tells into records of the journal.</summary>
/// <remarks>
/// The executor calls one method at a time and waits for it. Output that the journal has no room for is counted as dropped;
/// what the task did and how it ended is told even then. A task that the journal cannot take does not start.
/// </remarks>
internal sealed partial class ActiveTask : ITaskObserver, IDisposable
{
    // Ids stay known a while longer than the controller could send the order again.
    private static readonly TimeSpan s_seenMargin = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly TaskJournal _journal;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Dictionary<(int Step, OutputStream Stream), ulong> _lost = [];
    private readonly long _received;
    private StopNote _note = StopNote.None;
    private TaskLog? _records;
    private long _started;
    private long _lastStepEnded;

    public ActiveTask(TaskOrder order, TaskJournal journal, TimeProvider time, ILogger log)
    {
        Order = order;
        _journal = journal;
        _time = time;
        _log = log;
        _received = time.GetTimestamp();
    }

    /// <summary>What was ordered.</summary>
    public TaskOrder Order { get; }

    /// <summary>Whether it has begun; before, it waits for its turn.</summary>
    public bool HasStarted => _records is not null;

    /// <summary>Ends the wait for a turn that comes too late.</summary>
    public ITimer? StartDeadline { get; set; }

    /// <summary>A cancel under way; awaited when the agent stops.</summary>
    public Task Cancelling { get; set; } = Task.CompletedTask;

    /// <summary>Called once, when the task is over and its end is written or given up.</summary>
    public Action<ActiveTask>? Over { get; set; }

    /// <summary>Notes who wants the task to end; the first one counts.</summary>
    public void NoteStop(StopOrigin origin, string reason)
    {
        lock (_gate)
        {
            if (_note == StopNote.None)
                _note = new StopNote(origin, reason);
        }
    }

    /// <summary>Leaves it to the next process; false where somebody wanted it to end before.</summary>
    public bool TryHandOver()
    {
        lock (_gate)
        {
            if (_note != StopNote.None)
                return false;
            _note = new StopNote(StopOrigin.HandedOver, "");
            return true;
        }
    }

    /// <summary>There is no next process that goes on with it.</summary>
    public void TakeBack()
    {
        lock (_gate)
            _note = StopNote.None;
    }

    /// <inheritdoc/>
    public ValueTask TaskStartingAsync(TaskStarting starting, CancellationToken cancellationToken)
    {
        StartDeadline?.Dispose();
        if (_time.GetElapsedTime(_received) > Order.StartWithin)
            throw NotStarted($"it waited longer than {Order.StartWithin} for its turn");
        if (_journal.Refusal() is { } refusal)
            throw NotStarted(refusal);
        if (!OpenFiles.HaveRoom(OpenFilesBudget.OfStart))
            throw NotStarted(OpenFiles.Reached("Too many open files"));
        try
        {
            _records = _journal.Create(Order.Id, starting.Mark, SeenUntil());
            Append(new TaskRecord { Started = new TaskStarted() });
        }
        catch (Exception e) when (JournalFault.Is(e))
        {
            throw NotStarted(JournalFault.Of(e).Message);
        }

        _started = _time.GetTimestamp();
        using (TaskScope.Begin(_log, Order.Id))
            LogStarted();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask StepStartedAsync(StepStarted started, CancellationToken cancellationToken)
    {
        try
        {
            _records!.Append(new TaskLeader(started.Process.Pid, started.Process.StartTicks));
        }
        catch (Exception e) when (JournalFault.Is(e))
        {
            // The process runs, and its timeout is only watched once this returns. A later agent process finds it by its environment.
            using (TaskScope.Begin(_log, Order.Id))
                LogLeaderLost(started.Process.Pid, e.Message);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask OutputAsync(OutputChunk chunk, CancellationToken cancellationToken)
    {
        var isKept = false;
        // What only its followers want leaves half of the journal to other tasks.
        var isRoom = Order.Request.Output.IsOnlyForFollowers(chunk.Offset) ? _journal.Usage.Bytes < _journal.Usage.LimitBytes / 2 : !_journal.Usage.IsFull;
        if (isRoom)
        {
            try
            {
                Append(new TaskRecord
                {
                    Output = new Fleet.Protocol.V1.OutputChunk
                    {
                        Step = (uint)chunk.Step,
                        Stream = chunk.Stream == OutputStream.StandardError ? Fleet.Protocol.V1.OutputStream.Stderr : Fleet.Protocol.V1.OutputStream.Stdout,
                        Offset = (ulong)chunk.Offset,
                        Data = ByteString.CopyFrom(chunk.Bytes.Span),
                    },
                });
                isKept = true;
            }
            catch (Exception e) when (JournalFault.Is(e))
            {
                // Once: there may be thousands.
                if (_lost.Count == 0)
                {
                    using (TaskScope.Begin(_log, Order.Id))
                        LogOutputLost(e.Message);
                }
            }
        }

        if (!isKept)
            _lost[(chunk.Step, chunk.Stream)] = Lost(chunk.Step, chunk.Stream) + (ulong)chunk.Bytes.Length;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask StepEndedAsync(StepReport report, CancellationToken cancellationToken)
    {
        if (Note().Origin is StopOrigin.HandedOver)
            return ValueTask.CompletedTask;
        _lastStepEnded = _time.GetTimestamp();
        var ended = StepEndedMessage.Of(report, Lost(report.Step, OutputStream.StandardOutput), Lost(report.Step, OutputStream.StandardError));
        Keep(new TaskRecord { StepEnded = ended });
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask TaskEndedAsync(TaskReport report, CancellationToken cancellationToken)
    {
        try
        {
            var note = Note();
            // Never begun and not asked for by anybody but this agent's stop: forgotten, so that it is ordered again.
            if (note.Origin is not StopOrigin.HandedOver && (_records is not null || note.Origin is not StopOrigin.AgentStop))
                WriteEnd(TaskVerdict.Of(report, Order.Request, note, Wall()));
        }
        finally
        {
            Over?.Invoke(this);
        }

        return ValueTask.CompletedTask;
    }

    public void Dispose() => StartDeadline?.Dispose();

    private void WriteEnd(TaskEnded ended)
    {
        _records ??= CreateOfUnstarted();
        Keep(new TaskRecord { Ended = ended });
        using (TaskScope.Begin(_log, Order.Id))
            LogEnded(ended.State, ended.Reason);
    }

    private TaskLog CreateOfUnstarted()
    {
        try
        {
            return _journal.Create(Order.Id, 0, SeenUntil());
        }
        catch (Exception e) when (JournalFault.Is(e))
        {
            // Lost with this process, and no harm: the controller hands over again what never started.
            return _journal.CreateInMemory(Order.Id, SeenUntil());
        }
    }

    private void Append(TaskRecord record)
    {
        record.AtMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        _journal.Append(_records!, record);
    }

    private void Keep(TaskRecord record)
    {
        record.AtMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        _journal.Keep(_records!, record);
    }

    private InvalidOperationException NotStarted(string reason)
    {
        NoteStop(StopOrigin.NotStarted, reason);
        return new InvalidOperationException(reason);
    }

    private StopNote Note()
    {
        lock (_gate)
            return _note;
    }

    private ulong Lost(int step, OutputStream stream) => _lost.GetValueOrDefault((step, stream));

    private TimeSpan Wall() => _records is null || _lastStepEnded == 0 ? TimeSpan.Zero : _time.GetElapsedTime(_started, _lastStepEnded);

    private DateTimeOffset SeenUntil() => _time.GetUtcNow() + Order.StartWithin + s_seenMargin;

    [LoggerMessage(5300, LogLevel.Information, "Task started")]
    private partial void LogStarted();

    [LoggerMessage(5301, LogLevel.Information, "Task ended: {State} {Reason}")]
    private partial void LogEnded(TaskState state, string reason);

    [LoggerMessage(5302, LogLevel.Warning, "Output of the task could not be written; output that the disk does not take counts as dropped: {Reason}")]
    private partial void LogOutputLost(string reason);

    // 5303 is retired.
    [LoggerMessage(5304, LogLevel.Warning, "Process {Process} of the task could not be recorded in the journal: {Reason}")]
    private partial void LogLeaderLost(int process, string reason);
}
