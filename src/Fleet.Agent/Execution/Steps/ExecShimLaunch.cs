using Fleet.Agent.Execution.Native;
using Fleet.Agent.Execution.Output;
using Fleet.Agent.Execution.Processes;

namespace Fleet.Agent.Execution.Steps;

/// <summary>The agent's half of <see cref="ExecShim"/>: starts it and hears how it went.</summary>
internal static class ExecShimLaunch
{
    private const uint MemoryFileCloseOnExec = 1;
    private const int DuplicateCloseOnExec = 1030;

    // Above all targets in the child, so that setting those up overwrites none of the sources.
    private const int FirstSource = 10;

    /// <summary>A plan that starts the shim, which does what is asked here and then becomes what <paramref name="plan"/> says.</summary>
    /// <param name="plan">What to start in the end.</param>
    /// <param name="user">Who to become; null to stay who we are.</param>
    /// <param name="cgroups">What to enter.</param>
    /// <param name="pipes">Where the shim's descriptors go.</param>
    internal static SpawnPlan Wrap(SpawnPlan plan, UserAccount? user, IReadOnlyList<string> cgroups, StepPipes pipes)
    {
        var content = new ShimPlan(
            cgroups, user?.Name ?? "", user?.UserId ?? 0, user?.GroupId ?? 0, plan.Directory, plan.Program, plan.Arguments, plan.Environment);
        var planFile = pipes.KeepForChild(MemoryFile(content.Encode()));
        var status = Pipe.ForReading();
        pipes.SetShimStatus(status.ReadEnd);
        using var statusEnd = status.WriteEnd;
        return plan with
        {
            Program = "/proc/self/exe",
            Arguments = [.. OwnCommand(), ExecShim.Verb],
            Environment = OwnEnvironment.Entries(),
            Directory = "/",
            Descriptors = [.. plan.Descriptors, planFile, pipes.KeepForChild(Raise(statusEnd))],
        };
    }

    /// <summary>Waits until the shim has become the program, or has failed to.</summary>
    /// <returns>Why it failed, or null; and the shim's own peak of memory.</returns>
    internal static async Task<(StepOutcome.FailedToStart? Failure, long PeakMemoryBytes)> WaitAsync(PolledFd status, SpawnPlanNames names)
    {
        var ready = false;
        var peak = 0L;
        while (true)
        {
            switch (ReadMessage(status, out var message))
            {
                case ShimStatus.Bytes when message.Stage == ShimStage.Ready:
                    ready = true;
                    peak = message.PeakMemoryBytes;
                    break;
                case ShimStatus.Bytes:
                    return (Explain(message, names), peak);
                case < 0:
                    await status.WaitAsync(PolledFd.Never);
                    break;
                default:
                    // Closed by exec once it was ready; before that the shim ended without a word.
                    return ready
                        ? (null, peak)
                        : (new(StartFailure.Other, "the agent's helper that was to start the program ended early"), peak);
            }
        }
    }

    private static StepOutcome.FailedToStart Explain(ShimStatus message, SpawnPlanNames names) => message.Stage switch
    {
        ShimStage.Groups or ShimStage.Group or ShimStage.User =>
            new(StartFailure.CannotSwitchUser, $"user {names.User}: {Errno.Describe(message.Error)}"),
        ShimStage.Directory => new(
            message.Error is Errno.NoEntry or Errno.NotDirectory ? StartFailure.NoSuchDirectory : StartFailure.PermissionDenied,
            $"working directory {names.Directory}: {Errno.Describe(message.Error)}"),
        ShimStage.Plan => new(StartFailure.Other, "the agent's helper could not read its plan"),
        ShimStage.Cgroup => new(StartFailure.Other, $"it could not be put under its limits: {Errno.Describe(message.Error)}"),
        _ => StartFailures.OfProgram(names.Program, names.Directory, message.Error),
    };

    private static unsafe int ReadMessage(PolledFd status, out ShimStatus message)
    {
        var buffer = stackalloc byte[ShimStatus.Bytes];
        var read = (int)Libc.Read(status.Fd, buffer, ShimStatus.Bytes);
        message = read == ShimStatus.Bytes ? ShimStatus.Read(new ReadOnlySpan<byte>(buffer, read)) : default;
        return read;
    }

    /// <summary>As a published binary we are one file; in development the host <c>dotnet</c> runs our assembly.</summary>
    private static List<string> OwnCommand() =>
        Path.GetFileName(Environment.ProcessPath) == "dotnet"
            ? ["dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "fleet-agent.dll")]
            : ["fleet-agent"];

    private static unsafe Fd MemoryFile(byte[] content)
    {
        using var low = Fd.Own(Libc.MemoryFile("fleet-exec-plan", MemoryFileCloseOnExec), "memfd_create");
        fixed (byte* start = content)
        {
            for (var written = 0; written < content.Length;)
            {
                var count = (int)Libc.Write(low, start + written, content.Length - written);
                if (count < 0)
                    throw Errno.Failure("write");
                written += count;
            }
        }

        _ = Libc.Seek(low.Number, 0, 0);
        return Raise(low);
    }

    private static Fd Raise(Fd fd) => Fd.Own(Libc.Fcntl(fd.Number, DuplicateCloseOnExec, FirstSource), "fcntl");
}
