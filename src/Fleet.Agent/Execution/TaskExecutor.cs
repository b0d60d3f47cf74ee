using Fleet.Agent.Execution.Cgroups;
using Fleet.Agent.Execution.Output;
using Fleet.Agent.Execution.Processes;
using Fleet.Agent.Execution.Steps;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent.Execution;

/// <summary>Runs tasks on this host: so many at once, so many waiting, the rest refused.</summary>
/// <remarks>At rest it has no timer and no thread that runs; its two threads start with the first process and then sleep.</remarks>
public sealed partial class TaskExecutor : IAsyncDisposable
{
    private readonly TaskExecutorOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<TaskExecutor> _log;
    private readonly ReadinessPump _pump = new();
    private readonly CancellationTokenSource _abort = new();

    // Guards all below.
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly List<Entry> _waiting = [];
    private int _mostRunning;
    private int _mostWaiting;
    private int _running;
    private bool _stopping;
    private bool _isDraining;

    /// <summary>Removes what scripts a former life of the agent left in its directory.</summary>
    public TaskExecutor(TaskExecutorOptions options, TimeProvider time, ILogger<TaskExecutor> log)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxTasks, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxQueuedTasks);
        _options = options;
        _mostRunning = options.MaxTasks;
        _mostWaiting = options.MaxQueuedTasks;
        _time = time;
        _log = log;
        ScriptFile.RemoveLeftovers(options.StateDirectory);
    }

    /// <summary>The tasks that run or wait for their turn, at this moment.</summary>
    public IReadOnlyList<string> TaskIds
    {
        get
        {
            lock (_gate)
                return [.. _entries.Keys];
        }
    }

    /// <summary>Changes how many tasks run and how many wait. Who runs or waits already stays, also beyond a smaller limit.</summary>
    public void SetLimits(int running, int waiting)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(running, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(waiting);
        lock (_gate)
        {
            (_mostRunning, _mostWaiting) = (running, waiting);
            StartWaiting_NeedsLock();
        }
    }

    /// <summary>Takes a task on, or says why not. Returns at once; the observer hears what happens.</summary>
    public Admission Submit(TaskRequest request, ITaskObserver observer)
    {
        if (TaskRequestCheck.FindFault(request, _options) is { } fault)
            return new Admission.Refused(Refusal.Invalid, fault);

        lock (_gate)
        {
            if (_stopping)
                return new Admission.Refused(Refusal.Stopping, "the agent is stopping");
            if (_entries.ContainsKey(request.TaskId))
                return new Admission.Refused(Refusal.AlreadyHere, $"task {request.TaskId} runs or waits already");
            var hasPlace = !_isDraining && _running < _mostRunning;
            if (!hasPlace && _waiting.Count >= _mostWaiting)
            {
                return new Admission.Refused(
                    Refusal.QueueFull, $"{_running} tasks run and {_waiting.Count} wait; no more are taken");
            }

            var entry = new Entry(request, observer);
            _entries.Add(request.TaskId, entry);
            if (hasPlace)
                Start_NeedsLock(entry);
            else
                _waiting.Add(entry);
        }

        return new Admission.Accepted();
    }

    /// <summary>Lets what runs go on, and everything else wait.</summary>
    internal void BeginNoMore()
    {
        lock (_gate)
            _isDraining = true;
    }

    /// <summary>Takes <see cref="BeginNoMore"/> back.</summary>
    internal void BeginAgain()
    {
        lock (_gate)
        {
            _isDraining = false;
            StartWaiting_NeedsLock();
        }
    }

    /// <summary>Ends a task with its whole process tree; false where none of that id runs or waits. Returns once it is over.</summary>
    public async Task<bool> CancelAsync(string taskId, string reason, CancellationToken cancellationToken)
    {
        Entry? entry;
        lock (_gate)
        {
            if (!_entries.TryGetValue(taskId, out entry))
                return false;
            entry.Stop.Give(new StopCause.Cancelled(reason));

            // One that waits needs no turn to be told; the others must not wait behind it either.
            if (_waiting.Remove(entry))
                Start_NeedsLock(entry);
        }

        await entry.Ended.WaitAsync(cancellationToken);
        return true;
    }

    /// <summary>Takes no more tasks, cancels those it has and waits until they are over or the token is cancelled.</summary>
    public async Task StopAsync(string reason, CancellationToken cancellationToken)
    {
        List<Entry> entries;
        lock (_gate)
        {
            _stopping = true;
            entries = [.. _entries.Values];
        }

        await Task.WhenAll(entries.Select(entry => CancelAsync(entry.Request.TaskId, reason, cancellationToken)));
    }

    /// <summary>Ends what still runs without grace, then frees threads and descriptors.</summary>
    public async ValueTask DisposeAsync()
    {
        await _abort.CancelAsync();
        await StopAsync("the agent is stopping", CancellationToken.None);
        _pump.Dispose();
        _abort.Dispose();
    }

    private void Start_NeedsLock(Entry entry)
    {
        _running++;

        // Away from the caller and from the lock: spawning takes a moment. Awaited by cancel and stop, and it never throws.
        entry.Running = Task.Run(() => RunAsync(entry));
    }

    private async Task RunAsync(Entry entry)
    {
        TaskCgroup? cgroup = null;
        try
        {
            cgroup = CreateCgroup(entry);
            using var observer = new ObserverGate(entry.Observer, _abort.Token);
            var context = new StepContext(
                entry.Request, TimerSlackMark.Next(), cgroup, entry.Stop, observer, _pump, _options, _time, _abort.Token);
            var report = await new TaskRun(context).RunAsync();
            LogEnded(entry.Request.JobId, entry.Request.TaskId, report.End, report.Steps.Count, report.IsSuccess);
        }
        catch (Exception error)
        {
            LogLost(error, entry.Request.JobId, entry.Request.TaskId);
        }
        finally
        {
            if (cgroup is not null)
                await cgroup.ReleaseAsync(_time);
            lock (_gate)
            {
                _entries.Remove(entry.Request.TaskId);
                _running--;
                StartWaiting_NeedsLock();
            }

            entry.SetEnded();
        }
    }

    /// <summary>Null where there can be none; the task runs without, unless it has limits: then it does not run.</summary>
    private TaskCgroup? CreateCgroup(Entry entry)
    {
        var request = entry.Request;
        if (_options.Cgroups is not { } cgroups || request.Steps.All(step => step is StepRequest.Builtin or StepRequest.InProcess))
            return null;
        try
        {
            return cgroups.Create(request.TaskId, request.Limits);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogNoCgroup(request.JobId, request.TaskId, error.Message);
            if (request.Limits != TaskLimits.None)
                entry.Stop.Give(new StopCause.Abandoned($"its limits could not be set: {error.Message}"));
            return null;
        }
    }

    private void StartWaiting_NeedsLock()
    {
        // Whoever stops it tells those that wait, too.
        while (!_isDraining && !_stopping && _running < _mostRunning && _waiting.Count > 0)
        {
            var next = _waiting[0];
            _waiting.RemoveAt(0);
            Start_NeedsLock(next);
        }
    }

    [LoggerMessage(6001, LogLevel.Information, "Task {TaskId} of job {JobId} ended: {End}; steps started: {Steps}; succeeded: {IsSuccess}")]
    private partial void LogEnded(string jobId, string taskId, TaskEnd end, int steps, bool isSuccess);

    [LoggerMessage(6002, LogLevel.Error, "Could not report the end of task {TaskId} of job {JobId}")]
    private partial void LogLost(Exception error, string jobId, string taskId);

    [LoggerMessage(6000, LogLevel.Warning, "Task {TaskId} of job {JobId} does not run in a cgroup of its own: {Reason}")]
    private partial void LogNoCgroup(string jobId, string taskId, string reason);

    /// <summary>A task that runs or waits.</summary>
    private sealed class Entry(TaskRequest request, ITaskObserver observer)
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal TaskRequest Request => request;

        internal ITaskObserver Observer => observer;

        internal StopSignal Stop { get; } = new();

        internal Task? Running { get; set; }

        internal Task Ended => _ended.Task;

        internal void SetEnded() => _ended.SetResult();
    }
}
