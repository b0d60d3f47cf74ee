using Fleet.Agent.Execution.Native;
using Fleet.Agent.Execution.Processes;

namespace Fleet.Agent.Execution.Steps;

/// <summary>Gets a step's process going: finds program, directory and user, makes the pipes, spawns.</summary>
internal static class StepLauncher
{
    // One for all: it is only ever handed down, never read by us. A failure is not kept: there may be room for it the next time.
    private static readonly Lazy<Fd> NullDevice =
        new(() => Fd.Own(Libc.Open("/dev/null", Libc.OpenReadOnly | Libc.OpenCloseOnExec), "open /dev/null"), LazyThreadSafetyMode.PublicationOnly);

    /// <summary>Null and the reason where the process cannot be started.</summary>
    internal static LaunchedStep? Launch(StepContext context, int index, out StepOutcome.FailedToStart? failure)
    {
        failure = null;
        var request = context.Request;
        var step = request.Steps[index];
        UserAccount? account = null;
        if (request.RunAs is { } user)
        {
            account = UserAccount.Find(user);
            failure = CheckSwitch(user, account);
            if (failure is not null)
                return null;
        }

        ScriptFile? script = null;
        var pipes = new StepPipes();
        try
        {
            if (step is StepRequest.Script content)
                script = ScriptFile.Create(context.Options.StateDirectory, request.TaskId, index, content, account);

            var switching = account is not null && account.UserId != Libc.EffectiveUser() ? account : null;
            var asked = Plan(context, step, script, account);
            if ((switching is null ? Resolve(asked, out failure) : asked) is not { } plan)
                return null;

            plan = pipes.Open(plan, step.StandardInput is not null, NullDevice.Value);
            IReadOnlyList<string> cgroups = request.Limits == TaskLimits.None ? [] : context.Cgroup!.Directories;
            var started = switching is null && cgroups.Count == 0 ? plan : ExecShimLaunch.Wrap(plan, switching, cgroups, pipes);
            var child = ChildProcesses.Shared.Start(started, out var error);
            if (child is null)
            {
                failure = StartFailures.OfProgram(plan.Program, plan.Directory, error);
                return null;
            }

            var launched = new LaunchedStep(child, pipes.Take(context.Pump), script);
            script = null;
            return launched;
        }
        catch (IOException error) when (error.HResult is Errno.TooManyFiles)
        {
            failure = new StepOutcome.FailedToStart(StartFailure.OutOfResources, OpenFiles.Reached(error.Message));
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            failure = new StepOutcome.FailedToStart(StartFailure.Other, error.Message);
            return null;
        }
        finally
        {
            pipes.Dispose();
            script?.Dispose();
        }
    }

    private static StepOutcome.FailedToStart? CheckSwitch(string user, UserAccount? account)
    {
        if (account is null)
            return new(StartFailure.UnknownUser, $"user {user}: this host has none of that name or number");
        return Libc.EffectiveUser() is var own && (own == 0 || own == account.UserId)
            ? null
            : new(StartFailure.CannotSwitchUser, $"user {user}: the agent runs as user {own}; only root can become another user");
    }

    private static SpawnPlan Plan(StepContext context, StepRequest step, ScriptFile? script, UserAccount? account)
    {
        var request = context.Request;
        var arguments = Arguments(step, script);
        var directory = request.WorkingDirectory
            ?? (account is not null && Directory.Exists(account.Home) ? account.Home : "/");
        return new SpawnPlan
        {
            Program = arguments[0],
            Arguments = arguments,
            Environment = TaskEnvironment.Build(request, account, context.Options.PassEnvironment),
            Directory = directory,
            FileModeMask = request.FileModeMask,
            Mark = context.Mark,
            Descriptors = [],
        };
    }

    private static IReadOnlyList<string> Arguments(StepRequest step, ScriptFile? script) => step switch
    {
        StepRequest.Command command => command.Arguments,
        StepRequest.ShellLine shell => [shell.Shell, "-c", shell.Line],
        StepRequest.Script sent when IsExecutable(sent.Content.Span) => [script!.Path, .. sent.Arguments],
        StepRequest.Script sent => ["/bin/sh", script!.Path, .. sent.Arguments],
        _ => throw new InvalidOperationException($"{step.GetType().Name} starts no process."),
    };

    private static bool IsExecutable(ReadOnlySpan<byte> content) =>
        StartFailures.InterpreterOf(content) is not null || content.StartsWith("\u007fELF"u8);

    /// <summary>Without a change of user the looking up is done here, and its errors are exact.</summary>
    private static SpawnPlan? Resolve(SpawnPlan plan, out StepOutcome.FailedToStart? failure)
    {
        failure = StartFailures.OfDirectory(plan.Directory);
        if (failure is not null)
            return null;

        if (ProgramLookup.Find(plan.Program, TaskEnvironment.PathOf(plan.Environment), plan.Directory, out var error) is { } program)
            return plan with { Program = program };
        failure = StartFailures.OfProgram(plan.Program, plan.Directory, error);
        return null;
    }
}
