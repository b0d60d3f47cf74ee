using Fleet.Agent.Execution;
using Fleet.Agent.Execution.Processes;

namespace Fleet.Agent.Tests.Execution;

/// <summary>However the processes of a task hide, none outlives its end.</summary>
public sealed class KillTests : ExecutorTest
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(77);

    private readonly FiredByHand _time = new(Limit);

    private const string Daemon = "(setsid sh -c 'sleep 300 & sleep 300' >/dev/null 2>&1 </dev/null &)";

    private protected override TimeProvider Time => _time;

    public static TheoryData<string, string, int> Trees => new()
    {
        { "a plain child", "echo r; sleep 300", 0 },
        { "children and grandchildren", "(sleep 300; true) & (sleep 300; true) & echo r; wait", 0 },
        { "one that ignores SIGTERM", "trap '' TERM; echo r; while :; do sleep 1; done", 1 },
        { "a grandchild that ignores SIGTERM", "sh -c \"trap '' TERM; echo r; while :; do sleep 1; done\" & wait", 1 },
        { "a daemon in a session of its own", $"{Daemon}; sleep 0.1; echo r; sleep 300", 0 },
        {
            "a daemon that ignores SIGTERM",
            "setsid sh -c \"trap '' TERM; echo r; exec >/dev/null 2>&1; while :; do sleep 1; done\" & sleep 300",
            1
        },
        { "a stopped process", "sleep 300 & kill -STOP $!; echo r; sleep 300", 0 },
    };

    [Theory]
    [MemberData(nameof(Trees))]
    public async Task A_run_timeout_ends_the_whole_tree(string what, string line, int killedAtLeast)
    {
        var request = Some(Sh(line)) with { RunTimeout = Limit, KillGrace = TimeSpan.FromMilliseconds(500) };
        var (seen, ready) = UntilOutput(text => text == "r\n");
        Submit(request, seen);
        await ready;
        await _time.FireAsync();
        var report = await seen.Ended;

        report.End.ShouldBe(new TaskEnd.TimedOut(), what);
        report.Steps[0].Outcome.ShouldBe(new StepOutcome.TimedOut());
        report.Steps[0].Kill!.Survivors.ShouldBeEmpty();
        report.Steps[0].Kill!.Killed.ShouldBeGreaterThanOrEqualTo(killedAtLeast);
        report.Steps[0].RemainingProcesses.ShouldBe(0);
        Living(request, seen).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_daemon_without_environment_session_or_parent_is_found_by_its_mark()
    {
        var pidFile = Path.Combine(Home, "pid");
        var request = Some(
            Sh($"(env -i setsid sh -c 'echo $$ > {pidFile}; exec sleep 300' >/dev/null 2>&1 </dev/null &); "
                + $"while [ ! -s {pidFile} ]; do sleep 0.01; done"),
            Run("sleep", "300"));
        var observer = Submit(request);
        await observer.StepStart(1);
        var daemon = int.Parse((await File.ReadAllTextAsync(pidFile)).Trim(), System.Globalization.CultureInfo.InvariantCulture);
        ProcessTable.TryRead(daemon, out var stat).ShouldBeTrue();
        if (ProcessTable.TimerSlack(daemon) is null)
        {
            // Without CAP_SYS_NICE such a one cannot be told from a stranger (see TimerSlackMark), and we have to end it ourselves.
            ProcessSignal.Send(stat.Identity, 9).ShouldBeTrue();
            return;
        }

        (await Executor.CancelAsync(request.TaskId, "enough", CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30))).ShouldBeTrue();
        ProcessTable.IsAlive(stat.Identity).ShouldBeFalse();
        (await observer.Ended).Steps[1].Outcome.ShouldBe(new StepOutcome.Cancelled("enough"));
    }

    [Fact]
    public async Task Cancel_ends_the_tree_and_gives_the_reason()
    {
        var request = Some(Sh($"echo begun; {Daemon}; sleep 300"), Sh("echo never"));
        var observer = Submit(request);
        await observer.StepStart(0);

        (await Executor.CancelAsync(request.TaskId, "by eve", CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30))).ShouldBeTrue();
        var report = await observer.Ended;
        report.End.ShouldBe(new TaskEnd.Cancelled("by eve"));
        report.SkippedSteps.ShouldBe(1);
        Living(request, observer).ShouldBeEmpty();
        (await Executor.CancelAsync(request.TaskId, "again", CancellationToken.None)).ShouldBeFalse();
    }

    [Fact]
    public async Task Ending_gracefully_is_given_its_time_and_not_more()
    {
        var request = Some(Sh("trap 'echo tidy; exit 0' TERM; echo up; while :; do sleep 0.05; done")) with
        {
            KillGrace = TimeSpan.FromSeconds(30),
        };
        var (observer, ready) = UntilOutput(text => text == "up\n");
        Submit(request, observer);
        await ready;
        await Executor.CancelAsync(request.TaskId, "x", CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));

        var report = await observer.Ended;
        report.Steps[0].Outcome.ShouldBe(new StepOutcome.Cancelled("x"));
        report.Steps[0].Kill!.Killed.ShouldBe(0);
        observer.Output().ShouldBe("up\ntidy\n");
    }

    [ToolFact("python3")]
    public async Task A_fork_bomb_is_ended()
    {
        // 64 processes at a time; half of them are in sessions of their own and replaced as soon as they die.
        const string Bomb = "import os, signal, time\n"
            + "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
            + "for depth in range(5):\n"
            + "    os.fork()\n"
            + "os.write(1, b'r')\n"
            + "while True:\n"
            + "    if os.fork() == 0:\n"
            + "        os.setsid(); time.sleep(0.2); os._exit(0)\n"
            + "    os.wait()\n";
        var request = Some(Run("python3", "-c", Bomb)) with { RunTimeout = Limit, KillGrace = TimeSpan.FromMilliseconds(200) };
        var (seen, ready) = UntilOutput(text => text.Length == 32);
        Submit(request, seen);
        await ready;
        await _time.FireAsync();
        var report = await seen.Ended;
        report.End.ShouldBe(new TaskEnd.TimedOut());
        report.Steps[0].Kill!.Survivors.ShouldBeEmpty();
        report.Steps[0].Kill!.Killed.ShouldBeGreaterThanOrEqualTo(32);
        Living(request, seen).ShouldBeEmpty();
    }

    [Fact]
    public async Task Orphans_that_end_later_leave_no_zombie()
    {
        var (step, _) = await ShellAsync("for i in 1 2 3 4 5; do (sh -c 'sleep 0.3; exit 1' >/dev/null 2>&1 &) ; done");
        step.Outcome.ShouldBe(new StepOutcome.Exited(0));
        await UntilAsync(() => !HasChildren(), "no child of ours, dead or alive");

        static bool HasChildren() => ProcessTable.Read().Exists(process =>
            process.ParentPid == Environment.ProcessId && process.State == (byte)'Z');
    }

    [Fact]
    public async Task The_hunter_ends_what_a_killed_agent_left()
    {
        var request = Some(Sh($"{Daemon}; {Daemon}"));
        var (report, seen) = await RunAsync(request);
        var leader = report.Steps[0].Process!.Value;
        await UntilAsync(() => Living(request, seen).Count == 6, "two daemons of three processes each");

        var hunter = new StrayHunter(TimeProvider.System);
        var elsewhere = new LeftoverTrace(request.TaskId, [leader], seen.Starting!.Mark, "another boot");
        (await hunter.KillLeftoversAsync(elsewhere, TimeSpan.Zero, CancellationToken.None)).Found.ShouldBe(0);

        // All that a journal may know when the agent died at the worst moment: the id alone.
        var known = new LeftoverTrace(request.TaskId, [], null, seen.Starting.BootId);
        var killed = await hunter.KillLeftoversAsync(known, TimeSpan.FromSeconds(5), CancellationToken.None)
            .WaitAsync(TimeSpan.FromSeconds(20));
        killed.Found.ShouldBe(6);
        Living(request, seen).ShouldBeEmpty();
        (await hunter.KillLeftoversAsync(known, TimeSpan.Zero, CancellationToken.None)).Found.ShouldBe(0);
    }

    [Fact]
    public async Task A_reused_number_is_not_taken_for_the_process()
    {
        var request = Some(Run("sleep", "300"));
        var observer = Submit(request);
        await observer.StepStart(0);
        var real = observer.Started[0].Process;
        // Just after its exec a process shows no environment yet, and whose it is cannot be told by it.
        await UntilAsync(() => ProcessTable.Variable(real.Pid, TaskEnvironment.TaskIdName) is not null, "its environment");

        var wrong = real with { StartTicks = real.StartTicks - 1 };
        ProcessSignal.Send(wrong, 9).ShouldBeFalse();
        ProcessTree.Find(new TaskTrace("another-task", [wrong], null)).ShouldBeEmpty();
        ProcessTree.Find(new TaskTrace("another-task", [], observer.Starting!.Mark))
            .ShouldBeEmpty("another agent may give out the same mark");
        ProcessTable.IsAlive(real).ShouldBeTrue();
    }
}
