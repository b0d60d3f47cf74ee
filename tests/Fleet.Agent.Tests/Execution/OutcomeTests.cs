using System.Text;
using Fleet.Agent.Execution;
using Fleet.Agent.Execution.Native;

namespace Fleet.Agent.Tests.Execution;

public sealed class OutcomeTests : ExecutorTest
{
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(255)]
    public async Task An_exit_code_is_told_as_it_is(int code)
    {
        var (step, _) = await ShellAsync($"exit {code}");
        step.Outcome.ShouldBe(new StepOutcome.Exited(code));
    }

    [Theory]
    [InlineData("KILL", 9)]
    [InlineData("TERM", 15)]
    [InlineData("PIPE", 13)]
    public async Task A_signal_is_not_an_exit_code(string name, int signal)
    {
        var (step, _) = await ShellAsync($"kill -{name} $$");
        step.Outcome.ShouldBe(new StepOutcome.Signalled(signal, CoreDumped: false));
    }

    [Fact]
    public async Task Steps_run_in_order_and_each_is_told_apart()
    {
        var (report, seen) = await RunAsync(Some(Sh("echo one"), Sh("echo two >&2; exit 4"), Run("/bin/echo", "three  spaced", "*")));

        report.IsSuccess.ShouldBeFalse();
        report.End.ShouldBe(new TaskEnd.Completed());
        report.Steps.Select(step => step.Outcome).ShouldBe(
            [new StepOutcome.Exited(0), new StepOutcome.Exited(4), new StepOutcome.Exited(0)]);
        (seen.Output(0), seen.Error(1), seen.Output(1), seen.Output(2)).ShouldBe(("one\n", "two\n", "", "three  spaced *\n"));
        seen.Events.ShouldBe([
            "starting", "step 0 started", "step 0 ended", "step 1 started", "step 1 ended", "step 2 started", "step 2 ended", "ended",
        ]);
    }

    [Fact]
    public async Task A_failing_step_stops_the_task_where_that_was_asked()
    {
        var (report, _) = await RunAsync(Some(Sh("exit 1"), Sh("echo never")) with { StopAtFailure = true });
        (report.Steps.Count, report.SkippedSteps, report.IsSuccess).ShouldBe((1, 1, false));
    }

    [Fact]
    public async Task Ping_starts_nothing()
    {
        var (report, seen) = await RunAsync(Some(new StepRequest.Builtin("ping", [])));
        report.IsSuccess.ShouldBeTrue();
        seen.Started.ShouldBeEmpty();
        report.Steps[0].Process.ShouldBeNull();
    }

    [Theory]
    [InlineData("no-such-program-here", StartFailure.NotFound)]
    [InlineData("/no/such/file", StartFailure.NotFound)]
    [InlineData("/etc/passwd", StartFailure.PermissionDenied)]
    [InlineData("/etc/passwd/x", StartFailure.NotFound)]
    [InlineData("/", StartFailure.PermissionDenied)]
    public async Task A_program_that_cannot_run_says_why(string program, StartFailure expected)
    {
        var (report, seen) = await RunAsync(Some(Run(program)));
        var failed = report.Steps[0].Outcome.ShouldBeOfType<StepOutcome.FailedToStart>();
        failed.Failure.ShouldBe(expected);
        failed.Detail.ShouldContain(program);
        failed.Detail.ShouldContain("errno");
        seen.Started.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_that_is_no_program_is_not_run()
    {
        var file = Path.Combine(Home, "data");
        await File.WriteAllBytesAsync(file, [1, 2, 3, 4]);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var (report, _) = await RunAsync(Some(Run(file)));
        report.Steps[0].Outcome.ShouldBeOfType<StepOutcome.FailedToStart>().Failure.ShouldBe(StartFailure.NotExecutable);
    }

    [Fact]
    public async Task A_missing_working_directory_is_named()
    {
        var (report, _) = await RunAsync(Some(Run("true")) with { WorkingDirectory = "/no/such/place" });
        var failed = report.Steps[0].Outcome.ShouldBeOfType<StepOutcome.FailedToStart>();
        failed.Failure.ShouldBe(StartFailure.NoSuchDirectory);
        failed.Detail.ShouldContain("/no/such/place");
    }

    [Fact]
    public async Task Arguments_beyond_the_systems_limit_are_refused_by_name()
    {
        var (report, _) = await RunAsync(Some(Run("/bin/true", new string('x', 4 << 20))));
        report.Steps[0].Outcome.ShouldBeOfType<StepOutcome.FailedToStart>().Failure.ShouldBe(StartFailure.ArgumentsTooLarge);
    }

    [Fact]
    public async Task Time_in_the_kernel_is_told_apart_from_time_in_the_program()
    {
        var (step, _) = await ShellAsync("dd if=/dev/zero of=/dev/null bs=1M count=2000 2>/dev/null");
        step.CpuTime.System.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(10));
        step.CpuTime.System.ShouldBeGreaterThan(step.CpuTime.User);
    }

    [Fact]
    public async Task What_a_step_used_is_measured()
    {
        var (step, _) = await ShellAsync("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done");
        step.CpuTime.User.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(20));
        step.WallTime.ShouldBeGreaterThanOrEqualTo(step.CpuTime.Total * 0.5);
        step.PeakMemory.Bytes.ShouldBeGreaterThan(500_000);
        step.PeakMemory.IsUpperBound.ShouldBeTrue("a shell is smaller than this test's own process");
    }

    [ToolFact("python3")]
    public async Task A_large_peak_of_memory_is_exact()
    {
        var megabytes = (int)(OwnPeak() >> 20) + 100;
        var (step, _) = await ShellAsync($"exec python3 -c 'x = bytearray({megabytes} << 20)'");
        step.Outcome.ShouldBe(new StepOutcome.Exited(0));
        step.PeakMemory.IsUpperBound.ShouldBeFalse();
        (step.PeakMemory.Bytes >> 20).ShouldBeInRange(megabytes, megabytes + 40);

        static long OwnPeak() => Fleet.Agent.Execution.Processes.OwnMemory.PeakBytes();
    }

    [ToolTheory("python3")]
    [InlineData("#!/bin/sh\necho sh $1 $0\n", "sh a ")]
    [InlineData("#!/usr/bin/env python3\nimport sys\nprint('py', sys.argv[1], sys.argv[0])\n", "py a ")]
    [InlineData("echo plain $1 $0\n", "plain a ")]
    public async Task A_script_runs_by_its_first_line(string content, string expected)
    {
        var (report, seen) = await RunAsync(Some(new StepRequest.Script(Encoding.UTF8.GetBytes(content), "../we ird.sh", ["a"])));
        report.Steps[0].Outcome.ShouldBe(new StepOutcome.Exited(0));
        seen.Output().ShouldStartWith(expected + Path.Combine(Home, "scripts"));
        seen.Output().ShouldEndWith(".._we_ird.sh\n");
        Directory.GetFileSystemEntries(Path.Combine(Home, "scripts")).ShouldBeEmpty("the script is removed afterwards");
    }

    [Fact]
    public async Task A_script_whose_interpreter_is_missing_names_it()
    {
        var (report, _) = await RunAsync(Some(new StepRequest.Script("#!/no/such/lua -x\n"u8.ToArray(), "s", [])));
        var failed = report.Steps[0].Outcome.ShouldBeOfType<StepOutcome.FailedToStart>();
        failed.Failure.ShouldBe(StartFailure.InterpreterNotFound);
        failed.Detail.ShouldContain("/no/such/lua");
        Directory.GetFileSystemEntries(Path.Combine(Home, "scripts")).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_observer_that_fails_ends_the_task_and_its_processes()
    {
        var request = Some(Sh("echo x; sleep 100"), Sh("echo never"));
        var observer = Submit(request, new RecordingObserver { OnOutput = _ => throw new IOException("disk full") });
        var report = await observer.Ended;
        report.End.ShouldBe(new TaskEnd.Abandoned("disk full"));
        report.Steps[0].Outcome.ShouldBe(new StepOutcome.Abandoned("disk full"));
        Living(request, observer).ShouldBeEmpty();
    }

    [Fact]
    public void Signals_have_their_names()
    {
        Signals.Describe(Signals.Terminate).ShouldBe("SIGTERM");
        Signals.Describe(40).ShouldBe("signal 40");
    }
}
