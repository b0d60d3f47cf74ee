using System.Text;
using Fleet.Agent.Execution;

namespace Fleet.Agent.Tests.Execution;

/// <summary>Remembers all it is told, and can be made slow or broken.</summary>
internal sealed class RecordingObserver : ITaskObserver
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<TaskReport> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<TaskCompletionSource> _stepStarts = [];
    private readonly SortedDictionary<(int Step, OutputStream Stream), List<(long Offset, byte[] Bytes)>> _chunks = [];

    internal List<string> Events { get; } = [];

    internal List<StepStarted> Started { get; } = [];

    internal TaskStarting? Starting { get; private set; }

    internal Func<OutputChunk, ValueTask> OnOutput { get; set; } = _ => ValueTask.CompletedTask;

    internal Action<OutputChunk, string>? OnText { get; set; }

    /// <summary>Keeps no output, for floods.</summary>
    internal bool Forgetful { get; init; }

    internal Task<TaskReport> Ended => _ended.Task.WaitAsync(TimeSpan.FromSeconds(60));

    internal string Text(int step, OutputStream stream) => Encoding.UTF8.GetString(Bytes(step, stream));

    internal string Output(int step = 0) => Text(step, OutputStream.StandardOutput);

    internal string Error(int step = 0) => Text(step, OutputStream.StandardError);

    internal byte[] Bytes(int step, OutputStream stream)
    {
        lock (_gate)
            return [.. Chunks(step, stream).SelectMany(chunk => chunk.Bytes)];
    }

    internal List<(long Offset, byte[] Bytes)> Chunks(int step, OutputStream stream) =>
        _chunks.TryGetValue((step, stream), out var chunks) ? chunks : [];

    /// <summary>Completes once the step's process runs.</summary>
    internal Task StepStart(int step)
    {
        lock (_gate)
            return StepStart_NeedsLock(step).Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    public ValueTask TaskStartingAsync(TaskStarting starting, CancellationToken cancellationToken)
    {
        Starting = starting;
        Note("starting");
        return ValueTask.CompletedTask;
    }

    public ValueTask StepStartedAsync(StepStarted started, CancellationToken cancellationToken)
    {
        Note($"step {started.Step} started");
        lock (_gate)
        {
            Started.Add(started);
            StepStart_NeedsLock(started.Step).TrySetResult();
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask OutputAsync(OutputChunk chunk, CancellationToken cancellationToken)
    {
        await OnOutput(chunk);
        if (Forgetful)
            return;
        lock (_gate)
        {
            if (!_chunks.TryGetValue((chunk.Step, chunk.Stream), out var chunks))
                _chunks[(chunk.Step, chunk.Stream)] = chunks = [];
            chunks.Add((chunk.Offset, chunk.Bytes.ToArray()));
        }

        OnText?.Invoke(chunk, Text(chunk.Step, chunk.Stream));
    }

    public ValueTask StepEndedAsync(StepReport report, CancellationToken cancellationToken)
    {
        Note($"step {report.Step} ended");
        return ValueTask.CompletedTask;
    }

    public ValueTask TaskEndedAsync(TaskReport report, CancellationToken cancellationToken)
    {
        Note("ended");
        _ended.SetResult(report);
        return ValueTask.CompletedTask;
    }

    private void Note(string what)
    {
        lock (_gate)
            Events.Add(what);
    }

    private TaskCompletionSource StepStart_NeedsLock(int step)
    {
        while (_stepStarts.Count <= step)
            _stepStarts.Add(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        return _stepStarts[step];
    }
}
