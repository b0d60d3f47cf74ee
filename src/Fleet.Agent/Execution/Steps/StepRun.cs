using Fleet.Agent.Execution.Cgroups;
using Fleet.Agent.Execution.Processes;

namespace Fleet.Agent.Execution.Steps;

/// <summary>One step from its start to its report.</summary>
internal sealed class StepRun(StepContext context, int index, List<ProcessIdentity> leaders)
{
    // SIGKILL is sure unless the process sleeps uninterruptibly; then the step ends without it and says so.
    private static readonly TimeSpan KilledExitWait = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LastMoment = TimeSpan.FromMilliseconds(50);

    private readonly StepRequest _step = context.Request.Steps[index];
    private readonly DateTimeOffset _startedAt = context.Time.GetUtcNow();
    private readonly CgroupUse _usedBefore = index == 0 ? default : context.Cgroup?.Use() ?? default;
    private readonly long _clock = context.Time.GetTimestamp();

    private TaskTrace Trace => new(context.Request.TaskId, leaders, context.Mark, context.Cgroup);

    internal Task<StepReport> RunAsync() => _step switch
    {
        StepRequest.Builtin builtin => RunBuiltinAsync(builtin),
        StepRequest.InProcess inProcess => RunInProcessAsync(inProcess.Work),
        _ => RunProcessAsync(),
    };

    private async Task<StepReport> RunProcessAsync()
    {
        // 1. Start. From here on the process is ours to end.
        using var launched = StepLauncher.Launch(context, index, out var failure);
        if (launched is null)
            return Report(failure!);
        var child = launched.Child;
        leaders.Add(child.Identity);
        // One with limits enters its cgroups by itself, before it begins.
        if (context.Request.Limits == TaskLimits.None)
            context.Cgroup?.Adopt(child.Identity, Trace);

        // 2. As another user, or with limits: has the helper become the program?
        KillReport? kill = null;
        StopCause? cause = null;
        var shimPeak = 0L;
        if (launched.Pipes.ShimStatus is { } status)
        {
            var become = ExecShimLaunch.WaitAsync(status, Names());
            if (await Task.WhenAny(become, context.Stop.Given) == become)
            {
                (failure, shimPeak) = await become;
                if (failure is not null)
                {
                    await child.Exited;
                    return Report(failure);
                }
            }
            else
            {
                cause = context.Stop.Cause;
                kill = await EndTreeAsync(child);
                await Task.WhenAny(become, Task.Delay(KilledExitWait, context.Time, CancellationToken.None));
            }
        }

        // 3. Tell, then let input and output flow.
        var streams = new StepStreams(context, index, launched.Pipes, _step.StandardInput);
        try
        {
            await context.Observer.StepStartedAsync(new StepStarted(context.Request.TaskId, index, child.Identity, _startedAt));
        }
        catch (Exception error)
        {
            context.Stop.Give(new StopCause.Abandoned(error.Message));
        }

        streams.Start();

        // 4. Until it exits or has to be ended.
        if (cause is null && await Task.WhenAny(child.Exited, context.Stop.Given) != child.Exited && !child.HasExited)
        {
            cause = context.Stop.Cause;
            kill = await EndTreeAsync(child);
        }

        var wall = context.Time.GetElapsedTime(_clock);

        // 5. What it wrote last; whoever it left behind may hold the pipes for ever.
        await streams.EndAsync(context.Options.Linger);
        var reachedEnd = streams.Output.ReachedEnd && streams.Error.ReachedEnd;
        var exit = child.HasExited ? await child.Exited : default(ProcessExit?);
        var used = context.Cgroup?.Use();
        return Report(cause?.ToStepOutcome() ?? exit!.Value.ToOutcome()) with
        {
            WallTime = wall,
            CpuTime = used?.Cpu - _usedBefore.Cpu ?? exit?.CpuTime ?? default,
            PeakMemory = Peak(exit, shimPeak, used?.PeakMemoryBytes ?? 0),
            MemoryKills = used?.MemoryKills - _usedBefore.MemoryKills ?? 0,
            RefusedProcesses = used?.RefusedProcesses - _usedBefore.RefusedProcesses ?? 0,
            Process = child.Identity,
            StandardOutput = streams.Output,
            StandardError = streams.Error,
            RemainingProcesses = kill?.Survivors.Count ?? await CountLeftAsync(reachedEnd),
            Kill = kill,
        };
    }

    private async Task<int> CountLeftAsync(bool reachedEnd)
    {
        var left = CountLeft(reachedEnd);
        if (left == 0)
            return 0;
        // What was about to end together with the step is not left behind.
        await Task.Delay(LastMoment, context.Time, CancellationToken.None);
        return CountLeft(reachedEnd);
    }

    // Looking through all processes of the host is for where nothing simpler tells: somebody holds the output, or has become our child
    // when its parent ended. One that has left the cgroup and holds nothing is not seen.
    private int CountLeft(bool reachedEnd) =>
        !reachedEnd ? ProcessTree.Find(Trace).Count
        : context.Cgroup is { } cgroup ? cgroup.Processes().Count
        : ChildProcesses.Shared.HaveChildren() ? ProcessTree.Find(Trace).Count : 0;

    private async Task<KillReport> EndTreeAsync(ChildProcess child)
    {
        var report = await new TreeKiller(context.Time).KillAsync(Trace, child, context.Request.KillGrace, context.Abort);
        if (!child.HasExited)
            await Task.WhenAny(child.Exited, Task.Delay(KilledExitWait, context.Time, CancellationToken.None));
        return report;
    }

    private async Task<StepReport> RunBuiltinAsync(StepRequest.Builtin builtin) =>
        context.Options.Builtins.TryGetValue(builtin.Name, out var run)
            ? await RunInProcessAsync(async (given, stopping) => new InProcessEnd(await run(builtin.Arguments, given.WriteAsync, stopping)))
            : Report(new StepOutcome.FailedToStart(StartFailure.NotFound, $"{builtin.Name}: no such built-in"));

    private async Task<StepReport> RunInProcessAsync(InProcessWork work)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(context.Abort);
        var output = new BuiltinOutput(context, index);
        var running = work(new InProcessContext(context.Time, context.Request.Output.HeadBytes, output.WriteAsync), stopping.Token).AsTask();
        if (await Task.WhenAny(running, context.Stop.Given) != running)
            await stopping.CancelAsync();

        StepOutcome outcome;
        CpuTime? cpuTime = null;
        try
        {
            var end = await running;
            (outcome, cpuTime) = (new StepOutcome.Exited(end.ExitCode), end.CpuTime);
        }
        catch (OperationCanceledException) when (context.Stop.Cause is { } cause)
        {
            outcome = cause.ToStepOutcome();
        }

        return Report(outcome) with
        {
            WallTime = context.Time.GetElapsedTime(_clock),
            CpuTime = cpuTime ?? default,
            StandardOutput = await output.EndAsync(),
        };
    }

    private StepReport Report(StepOutcome outcome) => new() { Step = index, Outcome = outcome, StartedAt = _startedAt };

    private SpawnPlanNames Names() => new(
        context.Request.RunAs ?? "",
        context.Request.WorkingDirectory ?? "/",
        _step switch
        {
            StepRequest.Command command => command.Arguments[0],
            StepRequest.ShellLine shell => shell.Shell,
            StepRequest.Script script => script.Name,
            _ => "",
        });

    /// <summary>Two figures that are at most: of a small program the cgroup's is the better one, of one that reads files its own.</summary>
    private static PeakMemory Peak(ProcessExit? exit, long shimPeak, long cgroupPeak)
    {
        if (exit is not { } known)
            return default;
        var isUpperBound = known.PeakMemoryBytes <= Math.Max(OwnMemory.PeakBytes(), shimPeak);
        var bytes = isUpperBound && cgroupPeak > 0 ? Math.Min(known.PeakMemoryBytes, cgroupPeak) : known.PeakMemoryBytes;
        return new PeakMemory(bytes, isUpperBound);
    }
}
