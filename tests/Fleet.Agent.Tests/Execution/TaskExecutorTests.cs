using Fleet.Agent.Execution;
using Fleet.Agent.Execution.Processes;

namespace Fleet.Agent.Tests.Execution;

public sealed class TaskExecutorTests : ExecutorTest
{
    private protected override TaskExecutorOptions Options => base.Options with { MaxTasks = 2, MaxQueuedTasks = 3 };

    [Fact]
    public async Task Tasks_beyond_running_and_waiting_are_refused_by_reason()
    {
        var requests = Enumerable.Range(0, 6).Select(_ => Some(Run("sleep", "300"))).ToList();
        var observers = requests.Take(5).Select(request => Submit(request)).ToList();
        Executor.Submit(requests[5], new RecordingObserver()).ShouldBeOfType<Admission.Refused>().Reason.ShouldBe(Refusal.QueueFull);
        Executor.Submit(requests[0], new RecordingObserver()).ShouldBeOfType<Admission.Refused>().Reason.ShouldBe(Refusal.AlreadyHere);

        // One that waits is cancelled without having started, and makes room.
        await Executor.CancelAsync(requests[4].TaskId, "not needed", CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
        var report = await observers[4].Ended;
        report.End.ShouldBe(new TaskEnd.Cancelled("not needed"));
        observers[4].Events.ShouldBe(["ended"]);
        Submit(requests[5]);

        await Executor.StopAsync("over", CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
        Executor.TaskIds.ShouldBeEmpty();
        Executor.Submit(Some(Run("true")), new RecordingObserver()).ShouldBeOfType<Admission.Refused>().Reason.ShouldBe(Refusal.Stopping);
        foreach (var observer in observers.Take(4))
            (await observer.Ended).End.ShouldBe(new TaskEnd.Cancelled("over"));
    }

    [Fact]
    public async Task A_waiting_task_starts_when_another_ends_and_its_time_counts_from_then()
    {
        var slow = Enumerable.Range(0, 2).Select(_ => Submit(Some(Run("sleep", "0.4")))).ToList();
        var next = Submit(Some(Run("true")) with { RunTimeout = TimeSpan.FromMilliseconds(300) });
        (await next.Ended).IsSuccess.ShouldBeTrue();
        foreach (var observer in slow)
            (await observer.Ended).IsSuccess.ShouldBeTrue();
    }

    [Fact]
    public async Task New_limits_start_what_waits_and_end_nothing_that_runs()
    {
        var observers = Enumerable.Range(0, 3).Select(_ => Submit(Some(Run("sleep", "300")))).ToList();
        Executor.SetLimits(running: 3, waiting: 0);
        await observers[2].StepStart(0);

        Executor.SetLimits(running: 1, waiting: 1);
        Submit(Some(Run("true")));
        Executor.Submit(Some(Run("true")), new RecordingObserver()).ShouldBeOfType<Admission.Refused>().Reason.ShouldBe(Refusal.QueueFull);
        Executor.TaskIds.Count.ShouldBe(4);
    }

    [Theory]
    [InlineData("../x", "task id")]
    [InlineData("..", "task id")]
    [InlineData("", "task id")]
    [InlineData("a/b", "task id")]
    public void Ids_that_are_no_plain_names_are_refused(string id, string named) => Refused(Some(Run("true")) with { TaskId = id }, named);

    [Fact]
    public void Each_bad_field_is_named()
    {
        Refused(Some(), "steps");
        Refused(Some(Run()), "step 0: command");
        Refused(Some(Run("true"), Run("a\0b")), "step 1: command");
        Refused(Some(Sh("a\0b")), "step 0: shell line");
        Refused(Some(Run("true")) with { RunTimeout = TimeSpan.Zero }, "run timeout");
        Refused(Some(Run("true")) with { RunTimeout = TimeSpan.MaxValue }, "run timeout");
        Refused(Some(Run("true")) with { KillGrace = TimeSpan.FromSeconds(-1) }, "kill grace");
        Refused(Some(Run("true")) with { Output = new OutputLimits(-1, 0) }, "output head");
        Refused(Some(Run("true")) with { Output = new OutputLimits(0, int.MaxValue) }, "output tail");
        Refused(Some(Run("true")) with { FileModeMask = 512 }, "umask");
        Refused(Some(Run("true")) with { WorkingDirectory = "relative" }, "working directory");
        Refused(Some(Run("true")) with { RunAs = "" }, "user");
        Refused(Some(Run("true")) with { Environment = new Dictionary<string, string> { ["A=B"] = "" } }, "environment");
        Refused(Some(Run("true")) with { Limits = new TaskLimits { MemoryBytes = 1000 } }, "memory limit");
        Refused(Some(Run("true")) with { Limits = new TaskLimits { CpuWeight = 10_001 } }, "CPU weight");
        Refused(Some(Run("true")) with { Limits = new TaskLimits { Processes = 0 } }, "limit of processes");
        Refused(Some(Run("true") with { StandardInput = new byte[17 << 20] }), "step 0: standard input");
        Refused(Some(new StepRequest.Script(new byte[17 << 20], "s", [])), "step 0: script");
    }

    [Fact]
    public void Limits_are_refused_where_there_are_no_cgroups_to_keep_them() =>
        Refused(Some(Run("true")) with { Limits = new TaskLimits { MemoryBytes = 64 << 20 } }, "limits: this host's agent has no cgroups");

    private void Refused(TaskRequest request, string named)
    {
        var refused = Executor.Submit(request, new RecordingObserver()).ShouldBeOfType<Admission.Refused>();
        refused.Reason.ShouldBe(Refusal.Invalid);
        refused.Detail.ShouldStartWith(named);
    }
}

/// <summary>Many tasks at once.</summary>
public sealed class ManyTasksTests : ExecutorTest
{
    private protected override TaskExecutorOptions Options => base.Options with { MaxQueuedTasks = 1000 };

    [Fact]
    public async Task Many_tasks_end_each_with_its_own_result_and_leave_nothing_open()
    {
        // Once before counting: threads, pump and null device come with the first.
        await ShellAsync("true");
        var descriptors = OpenDescriptors();

        // Among them some that posix_spawn itself fails, and reaps.
        var data = Path.Combine(Home, "data");
        await File.WriteAllBytesAsync(data, [1, 2, 3, 4]);
        File.SetUnixFileMode(data, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var failing = Enumerable.Range(0, 50).Select(_ => Submit(Some(Run(data), Run("true")))).ToList();
        var observers = Enumerable.Range(0, 200).Select(i => (i, Seen: Submit(Some(Sh($"echo {i}; exit {i % 7}"))))).ToList();
        foreach (var seen in failing)
        {
            var report = await seen.Ended;
            report.Steps[0].Outcome.ShouldBeOfType<StepOutcome.FailedToStart>().Failure.ShouldBe(StartFailure.NotExecutable);
            report.Steps[1].Outcome.ShouldBe(new StepOutcome.Exited(0));
        }

        foreach (var (i, seen) in observers)
        {
            var report = await seen.Ended;
            report.Steps[0].Outcome.ShouldBe(new StepOutcome.Exited(i % 7));
            seen.Output().ShouldBe($"{i}\n");
        }

        await UntilAsync(() => Executor.TaskIds.Count == 0, "all tasks over");
        await UntilAsync(() => OpenDescriptors() <= descriptors, "all descriptors closed");
        ProcessTable.Read().ShouldNotContain(process => process.ParentPid == Environment.ProcessId && process.State == (byte)'Z');

        // Pipes only: other tests of this process open files of their own meanwhile.
        static int OpenDescriptors() => Directory.GetFiles("/proc/self/fd")
            .Count(fd => new FileInfo(fd).LinkTarget?.StartsWith("pipe:", StringComparison.Ordinal) == true);
    }
}
