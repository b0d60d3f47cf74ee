using Fleet.Agent.Execution;
using Fleet.Agent.Execution.Native;
using Fleet.Agent.Execution.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Execution;

/// <summary>An executor on real processes, with a directory of its own that other users may pass.</summary>
[Collection(RealProcesses.Name)]
public abstract class ExecutorTest : IAsyncLifetime
{
    private static int _lastTask;

    private protected ExecutorTest() =>
        Directory.CreateDirectory(
            Home, (UnixFileMode)Convert.ToInt32("755", 8));

    /// <summary>Removed with all in it when the test is over.</summary>
    private protected string Home { get; } = Path.Combine(Path.GetTempPath(), $"fleet-exec-{Guid.NewGuid():N}");

    private protected TaskExecutor Executor { get; private set; } = null!;

    private protected static bool IsRoot => Libc.EffectiveUser() == 0;

    private protected virtual TaskExecutorOptions Options => new() { StateDirectory = Home, MaxTasks = 16, MaxQueuedTasks = 256 };

    private protected virtual TimeProvider Time => TimeProvider.System;

    public Task InitializeAsync()
    {
        Executor = new TaskExecutor(Options, Time, NullLogger<TaskExecutor>.Instance);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await Executor.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        Directory.Delete(Home, recursive: true);
    }

    private protected static TaskRequest Some(params StepRequest[] steps) => new()
    {
        TaskId = $"t{Environment.ProcessId}-{Interlocked.Increment(ref _lastTask)}",
        JobId = "job-1",
        Steps = steps,
        RunTimeout = TimeSpan.FromSeconds(50),
        KillGrace = TimeSpan.FromSeconds(1),
    };

    private protected static StepRequest Sh(string line) => new StepRequest.ShellLine(line);

    private protected static StepRequest Run(params string[] arguments) => new StepRequest.Command(arguments);

    private protected RecordingObserver Submit(TaskRequest request, RecordingObserver? observer = null)
    {
        observer ??= new RecordingObserver();
        Executor.Submit(request, observer).ShouldBe(new Admission.Accepted());
        return observer;
    }

    /// <summary>Runs a task to its end.</summary>
    private protected async Task<(TaskReport Report, RecordingObserver Seen)> RunAsync(TaskRequest request)
    {
        var observer = Submit(request);
        return (await observer.Ended, observer);
    }

    /// <summary>Runs one shell line; its outcome and what it wrote.</summary>
    private protected async Task<(StepReport Step, RecordingObserver Seen)> ShellAsync(string line)
    {
        var (report, seen) = await RunAsync(Some(Sh(line)));
        report.Steps.Count.ShouldBe(1);
        return (report.Steps[0], seen);
    }

    /// <summary>An observer, and when the program has written so much that it is known to be set up.</summary>
    private protected static (RecordingObserver Observer, Task Ready) UntilOutput(Func<string, bool> enough)
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var observer = new RecordingObserver
        {
            OnText = (_, text) =>
            {
                if (enough(text))
                    ready.TrySetResult();
            },
        };
        return (observer, ready.Task.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    /// <summary>What still runs of a task, by all the executor knows of it.</summary>
    private protected static List<ProcStat> Living(TaskRequest request, RecordingObserver seen) =>
        ProcessTree.Find(new TaskTrace(request.TaskId, [.. seen.Started.Select(step => step.Process)], seen.Starting?.Mark));

    /// <summary>Looks again until it is so, at most ten seconds.</summary>
    private protected static async Task UntilAsync(Func<bool> so, string what)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!so())
        {
            limit.IsCancellationRequested.ShouldBeFalse($"still waiting: {what}");
            await Task.Delay(10);
        }
    }
}
