using Fleet.Agent.Execution.Cgroups;
using Fleet.Agent.Execution.Native;
using Fleet.Agent.Execution.Processes;

namespace Fleet.Agent.Upgrading;

/// <summary>
/// The first thing that `fleet-agent run` does: the installed program becomes the selected version by execve(2), so that for
/// systemd nothing changes, the process number included. A version on trial gets a guard.
/// </summary>
internal sealed class Launcher(InstalledProgram installed, VersionStore shelf, SelectionFile file, TimeProvider time, TextWriter errors)
{
    /// <summary>Does not return where another version is selected and can be started.</summary>
    /// <param name="words">What `fleet-agent run` was given.</param>
    public async Task LaunchAsync(IReadOnlyList<string> words)
    {
        if (!installed.IsThis || !file.Exists)
            return;
        while (true)
        {
            var decision = await DecideAsync();
            if (decision is not { Run.Length: > 0 })
                return;
            var refusal = decision.IsTrial ? StartGuard(decision.After.Trial!) : null;
            refusal ??= Become(shelf.Program(decision.Run), ["fleet-agent", "run", .. words]);
            errors.WriteLine($"fleet-agent: version {decision.Run} cannot be started: {refusal}");
            if (!decision.IsTrial)
                return;
            if (!await TryRollBackAsync(decision.After.Trial!, refusal))
                return;
        }
    }

    private async Task<LaunchDecision?> DecideAsync()
    {
        try
        {
            var stamp = installed.Stamp();
            LaunchDecision? decision = null;
            await file.ChangeAsync(selection => (decision = LaunchDecision.Of(selection, stamp, HostMoment.Now(time))).After, CancellationToken.None);
            return decision;
        }
        catch (InvalidDataException e)
        {
            errors.WriteLine($"fleet-agent: {e.Message}; the installed version runs");
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A trial whose starts cannot be counted is not begun; the agent that runs instead ends it.
            errors.WriteLine($"fleet-agent: {e.Message}; nothing new is tried");
            return ReadOnly();
        }
    }

    /// <summary>On a disk that cannot be written to; one that cannot be read either must not leave the host without an agent.</summary>
    private LaunchDecision? ReadOnly()
    {
        try
        {
            var selection = file.Read();
            return selection.Installed == installed.Stamp() ? new LaunchDecision(selection, selection.Current, false) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            errors.WriteLine($"fleet-agent: {e.Message}; the installed version runs");
            return null;
        }
    }

    private async Task<bool> TryRollBackAsync(Trial trial, string refusal)
    {
        try
        {
            await file.ChangeAsync(s => s.Trial?.TaskId == trial.TaskId ? s.RollBack($"it could not be started: {refusal}") : null, CancellationToken.None);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            errors.WriteLine($"fleet-agent: {e.Message}");
            return false;
        }
    }

    private string? StartGuard(Trial trial)
    {
        using var nothing = Fd.Own(Libc.Open("/dev/null", Libc.OpenReadWrite | Libc.OpenCloseOnExec), "open");
        using var output = Fd.Own(Libc.Fcntl(2, DuplicateOnExecClosed, 3), "fcntl");
        var plan = new SpawnPlan
        {
            Program = installed.Path,
            Arguments = ["fleet-agent", .. TrialGuard.Words(shelf, trial)],
            Environment = Variables(),
            Directory = "/",
            Mark = TimerSlackMark.Next(),
            Descriptors = [nothing, output, output],
        };
        if (ChildProcesses.Shared.Start(plan, out var error) is not { } guard)
            return $"its guard cannot be started: {Errno.Describe(error)}";
        // The service's own cgroup has to be empty before controllers can be switched on in it.
        TaskCgroups.MoveAside(guard.Identity.Pid);
        return null;
    }

    private const int DuplicateOnExecClosed = 1030; // F_DUPFD_CLOEXEC of fcntl(2).

    private string Become(string program, IReadOnlyList<string> words) =>
        Errno.Describe(ProgramImage.Replace(program, words, [.. Variables(), installed.Assignment]));

    private static List<string> Variables() => OwnEnvironment.Entries().FindAll(entry => !InstalledProgram.IsAssignment(entry));
}
