using Fleet.Agent.Execution;
using Fleet.Agent.Execution.Processes;
using Fleet.Agent.Tasks;
using Fleet.Protocol.V1;
using StepOutcome = Fleet.Agent.Execution.StepOutcome;

namespace Fleet.Agent.Tests.Tasks;

public sealed class TaskVerdictTests
{
    private static readonly StepOutcome s_ok = new StepOutcome.Exited(0);

    [Fact]
    public void All_steps_with_0_is_success_without_a_word()
    {
        var ended = Of(new TaskEnd.Completed(), [s_ok, s_ok]);
        ended.State.ShouldBe(TaskState.Succeeded);
        ended.Reason.ShouldBeEmpty();
        ended.ExitCode.ShouldBe(0);
        ended.WallUs.ShouldBe(2_000_000);
    }

    [Fact]
    public void The_first_step_that_did_not_succeed_tells_why()
    {
        var ended = Of(new TaskEnd.Completed(), [s_ok, new StepOutcome.Exited(7), new StepOutcome.Exited(8)]);
        ended.State.ShouldBe(TaskState.Failed);
        ended.ExitCode.ShouldBe(7);
        ended.Reason.ShouldBe("step 2 of 3 exited with code 7");
    }

    [Fact]
    public void Steps_that_were_left_out_are_told()
    {
        Of(new TaskEnd.Completed(), [new StepOutcome.Exited(1)], skipped: 2).Reason.ShouldBe("step 1 of 3 exited with code 1; the 2 steps behind it not started");
        Of(new TaskEnd.Completed(), [s_ok, new StepOutcome.Exited(1)], skipped: 1).Reason.ShouldBe("step 2 of 3 exited with code 1; the step behind it not started");
    }

    [Fact]
    public void A_signal_is_named_and_is_no_exit_code()
    {
        var ended = Of(new TaskEnd.Completed(), [new StepOutcome.Signalled(11, CoreDumped: true)]);
        ended.State.ShouldBe(TaskState.Failed);
        ended.HasExitCode.ShouldBeFalse();
        ended.Signal.ShouldBe(11);
        ended.Reason.ShouldBe("was ended by SIGSEGV (core dumped)");
    }

    [Fact]
    public void What_could_not_be_started_failed_without_an_exit_code()
    {
        var ended = Of(new TaskEnd.Completed(), [new StepOutcome.FailedToStart(StartFailure.NotFound, "no program \"dff\" in PATH")]);
        ended.State.ShouldBe(TaskState.Failed);
        ended.HasExitCode.ShouldBeFalse();
        ended.HasSignal.ShouldBeFalse();
        ended.Reason.ShouldBe("could not be started: no program \"dff\" in PATH");
    }

    [Theory]
    [InlineData(1, 0, "1 of its processes runs on")]
    [InlineData(0, 2, "2 of its processes run on")]
    [InlineData(0, 0, "")]
    [InlineData(3, 3, "3 of its processes run on")]
    public void What_a_task_leaves_running_is_told_even_of_a_success(int afterFirst, int afterSecond, string told)
    {
        // Counted anew after each step: the last count is of the whole task.
        var last = afterSecond > 0 ? afterSecond : afterFirst;
        var ended = TaskVerdict.Of(
            new TaskReport("t", new TaskEnd.Completed(), [Report(0, s_ok) with { RemainingProcesses = afterFirst }, Report(1, s_ok) with { RemainingProcesses = last }], 0),
            Request(2), StopNote.None, TimeSpan.FromSeconds(2));
        ended.State.ShouldBe(TaskState.Succeeded);
        ended.Reason.ShouldBe(told);
    }

    [Fact]
    public void What_the_kernel_killed_at_the_memory_limit_is_told_even_of_a_success()
    {
        var request = new TaskRequest { TaskId = "t", JobId = "j", Steps = [], Limits = new TaskLimits { MemoryBytes = 64 << 20 } };
        TaskVerdict.Of(OneStep(new StepOutcome.Signalled(9, CoreDumped: false)), request with { Steps = [new StepRequest.Command(["x"])] }, StopNote.None, default)
            .Reason.ShouldBe("was ended by SIGKILL; the kernel killed one of its processes at its memory limit of 64MiB");
        var survived = TaskVerdict.Of(OneStep(s_ok), request, StopNote.None, default);
        survived.State.ShouldBe(TaskState.Succeeded);
        survived.Reason.ShouldBe("the kernel killed one of its processes at its memory limit of 64MiB");

        static TaskReport OneStep(StepOutcome outcome) => new(
            "t", new TaskEnd.Completed(), [new StepReport { Step = 0, Outcome = outcome, StartedAt = default, MemoryKills = 1 }], 0);
    }

    [Fact]
    public void The_run_timeout_names_itself_and_the_step()
    {
        var ended = Of(new TaskEnd.TimedOut(), [s_ok, new StepOutcome.TimedOut()], skipped: 1);
        ended.State.ShouldBe(TaskState.TimedOut);
        ended.Reason.ShouldBe("ran longer than its run timeout of 5m, in step 2 of 3");
        ended.HasExitCode.ShouldBeFalse();
    }

    [Theory]
    [InlineData(StopOrigin.Operator, "by ann", TaskState.Cancelled, "by ann")]
    [InlineData(StopOrigin.Operator, "", TaskState.Cancelled, "cancelled")]
    [InlineData(StopOrigin.Deadline, "", TaskState.TimedOut, "the job's deadline passed")]
    [InlineData(StopOrigin.Abandoned, "", TaskState.Cancelled, "the controller had given the task up")]
    [InlineData(StopOrigin.AgentStop, "", TaskState.Interrupted, "the agent was stopped (its service, its package or the host) while the task ran")]
    [InlineData(StopOrigin.AgentStop, "the agent started again as another version while the task ran", TaskState.Interrupted, "the agent started again as another version while the task ran")]
    [InlineData(StopOrigin.NotStarted, "too late", TaskState.Rejected, "too late")]
    internal void Who_wanted_the_end_decides_what_it_is(StopOrigin origin, string reason, TaskState state, string sentence)
    {
        var ended = Of(new TaskEnd.Cancelled(""), [], note: new StopNote(origin, reason));
        ended.State.ShouldBe(state);
        ended.Reason.ShouldBe(sentence);
    }

    [Fact]
    public void A_task_that_the_agent_could_not_go_on_with_is_interrupted()
    {
        var ended = Of(new TaskEnd.Abandoned("disk on fire"), []);
        ended.State.ShouldBe(TaskState.Interrupted);
        ended.Reason.ShouldContain("disk on fire");
        Of(new TaskEnd.Abandoned("x"), [], note: new StopNote(StopOrigin.NotStarted, "too late")).State.ShouldBe(TaskState.Rejected);
        var gaveUp = Of(new TaskEnd.Abandoned("x"), [], note: new StopNote(StopOrigin.GaveUp, "another digest"));
        (gaveUp.State, gaveUp.Reason).ShouldBe((TaskState.Failed, "another digest"));
    }

    [Fact]
    public void Processes_that_cannot_be_ended_are_told_and_no_reason_is_endless()
    {
        var step = Report(0, new StepOutcome.TimedOut()) with { Kill = new KillReport(3, 3, [12, 34]) };
        var ended = TaskVerdict.Of(new TaskReport("t", new TaskEnd.TimedOut(), [step], 0), Request(1), StopNote.None, TimeSpan.Zero);
        ended.Reason.ShouldEndWith("; processes that could not be ended: 12, 34");
        Of(new TaskEnd.Abandoned(new string('x', 5000)), []).Reason.Length.ShouldBe(1000);
    }

    private static TaskEnded Of(TaskEnd end, StepOutcome[] outcomes, int skipped = 0, StopNote? note = null) => TaskVerdict.Of(
        new TaskReport("t", end, [.. outcomes.Select((o, i) => Report(i, o))], skipped),
        Request(Math.Max(1, outcomes.Length + skipped)),
        note ?? StopNote.None,
        TimeSpan.FromSeconds(2));

    private static StepReport Report(int step, StepOutcome outcome) => new() { Step = step, Outcome = outcome, StartedAt = DateTimeOffset.UnixEpoch };

    private static TaskRequest Request(int steps) => new()
    {
        TaskId = "t",
        JobId = "j",
        Steps = [.. Enumerable.Repeat<StepRequest>(new StepRequest.ShellLine("x"), steps)],
        RunTimeout = TimeSpan.FromMinutes(5),
    };
}
