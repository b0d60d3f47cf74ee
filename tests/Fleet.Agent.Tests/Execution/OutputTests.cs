using Fleet.Agent.Execution;

namespace Fleet.Agent.Tests.Execution;

public sealed class OutputTests : ExecutorTest
{
    [Fact]
    public async Task Streams_are_kept_apart_and_in_order()
    {
        var (step, seen) = await ShellAsync("for i in 1 2 3; do echo out$i; echo err$i >&2; done");
        seen.Output().ShouldBe("out1\nout2\nout3\n");
        seen.Error().ShouldBe("err1\nerr2\nerr3\n");
        (step.StandardOutput.TotalBytes, step.StandardError.TotalBytes).ShouldBe((15, 15));
        step.StandardOutput.ReachedEnd.ShouldBeTrue();
    }

    [Fact]
    public async Task Output_arrives_while_the_program_runs()
    {
        var gate = Path.Combine(Home, "gate");
        var (observer, arrived) = UntilOutput(text => text == "first\n");
        Submit(Some(Sh($"echo first; while [ ! -e {gate} ]; do sleep 0.01; done; echo second")), observer);

        await arrived;
        observer.Ended.IsCompleted.ShouldBeFalse();
        await File.WriteAllTextAsync(gate, "");
        (await observer.Ended).IsSuccess.ShouldBeTrue();
        observer.Output().ShouldBe("first\nsecond\n");
    }

    [Fact]
    public async Task Small_writes_come_together()
    {
        var (_, seen) = await ShellAsync("i=0; while [ $i -lt 2000 ]; do echo $i; i=$((i+1)); done");
        seen.Output().ShouldBe(string.Concat(Enumerable.Range(0, 2000).Select(i => $"{i}\n")));
        seen.Chunks(0, OutputStream.StandardOutput).Count.ShouldBeLessThan(200);
    }

    [Fact]
    public async Task Head_and_tail_are_kept_and_the_rest_is_counted_exactly()
    {
        var whole = string.Concat(Enumerable.Range(1, 20_000).Select(i => $"{i}\n"));
        var request = Some(Run("seq", "20000")) with { Output = new OutputLimits(1000, 500) };
        var (report, seen) = await RunAsync(request);

        var totals = report.Steps[0].StandardOutput;
        (totals.TotalBytes, totals.DroppedBytes).ShouldBe((whole.Length, whole.Length - 1500));
        seen.Output().ShouldBe(whole[..1000] + whole[^500..]);
        seen.Chunks(0, OutputStream.StandardOutput)[^1].Offset.ShouldBe(whole.Length - 500);
    }

    [Fact]
    public async Task A_flood_is_drained_in_flat_memory()
    {
        const long Bytes = 200 << 20;
        var request = Some(Run("head", "-c", Bytes.ToString(System.Globalization.CultureInfo.InvariantCulture), "/dev/zero")) with
        {
            Output = new OutputLimits(64 << 10, 64 << 10),
        };
        var before = GC.GetTotalAllocatedBytes();
        var observer = Submit(request, new RecordingObserver { Forgetful = true });
        var report = await observer.Ended;
        var allocated = GC.GetTotalAllocatedBytes() - before;

        report.IsSuccess.ShouldBeTrue();
        var totals = report.Steps[0].StandardOutput;
        (totals.TotalBytes, totals.DroppedBytes).ShouldBe((Bytes, Bytes - (128 << 10)));
        allocated.ShouldBeLessThan(4 << 20);
    }

    [Fact]
    public async Task A_slow_observer_holds_the_program_back()
    {
        var free = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var progress = Path.Combine(Home, "progress");
        var observer = new RecordingObserver
        {
            OnOutput = async _ =>
            {
                first.TrySetResult();
                await free.Task;
            },
        };
        Submit(Some(Sh($"head -c 1000000 /dev/zero; touch {progress}")) with { Output = new OutputLimits(2_000_000, 0) }, observer);

        await first.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await Task.Delay(200);
        File.Exists(progress).ShouldBeFalse("its pipe is full and nobody reads");
        free.SetResult();
        (await observer.Ended).Steps[0].StandardOutput.TotalBytes.ShouldBe(1_000_000);
        observer.Bytes(0, OutputStream.StandardOutput).Length.ShouldBe(1_000_000);
    }

    [Fact]
    public async Task A_daemon_that_holds_the_pipe_does_not_hold_the_task()
    {
        var request = Some(Sh("sleep 60 & echo left"));
        var (report, seen) = await RunAsync(request);
        var step = report.Steps[0];
        step.Outcome.ShouldBe(new StepOutcome.Exited(0));
        step.StandardOutput.ReachedEnd.ShouldBeFalse();
        step.RemainingProcesses.ShouldBe(1);
        seen.Output().ShouldBe("left\n");

        var hunter = new StrayHunter(TimeProvider.System);
        var killed = await hunter.KillLeftoversAsync(
            new LeftoverTrace(request.TaskId, [step.Process!.Value], null, null), TimeSpan.FromSeconds(5), CancellationToken.None)
            .WaitAsync(TimeSpan.FromSeconds(20));
        killed.ShouldBe(new Fleet.Agent.Execution.Processes.KillReport(1, 0, killed.Survivors));
        Living(request, seen).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_daemon_that_holds_nothing_is_counted_as_well()
    {
        var request = Some(Sh("setsid sleep 60 >/dev/null 2>&1 </dev/null & echo left"), Sh("true"));
        var (report, seen) = await RunAsync(request);
        report.Steps.ShouldAllBe(step => step.RemainingProcesses == 1);
        report.Steps[0].StandardOutput.ReachedEnd.ShouldBeTrue();

        await new StrayHunter(TimeProvider.System).KillLeftoversAsync(
            new LeftoverTrace(request.TaskId, [report.Steps[0].Process!.Value], null, null), TimeSpan.FromSeconds(5), CancellationToken.None)
            .WaitAsync(TimeSpan.FromSeconds(20));
        Living(request, seen).ShouldBeEmpty();
    }
}
