using Fleet.Agent.Execution.Cgroups;
using Fleet.Agent.Execution.Native;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Execution.Processes;

/// <summary>
/// The agent's own binary as a tiny helper: it enters the task's cgroups or becomes another user, then the program. Started by the
/// agent with the verb <c>exec-shim</c>, a plan on descriptor 3 and a status pipe on descriptor 4.
/// </summary>
/// <remarks>
/// Why a process: the agent cannot change a single thread's user for a moment, since that user could then signal or trace it.
/// The plan's environment is the task's and may be hostile (LD_PRELOAD); the shim itself runs with the agent's.
/// </remarks>
public static unsafe class ExecShim
{
    /// <summary>The internal verb; not for users.</summary>
    public const string Verb = "exec-shim";

    internal const int PlanDescriptor = 3;
    internal const int StatusDescriptor = 4;

    /// <summary>What a shell returns for a command that it could not run.</summary>
    private const int CouldNotRun = 127;
    private const int SetDescriptorFlags = 2;
    private const int CloseOnExec = 1;

    /// <summary>Does not return where it succeeds.</summary>
    public static int Run(string[] args)
    {
        if (args.Length != 1 || args[0] != Verb || Libc.Fcntl(StatusDescriptor, SetDescriptorFlags, CloseOnExec) < 0)
        {
            Console.Error.WriteLine($"fleet-agent: {Verb} is started by the agent itself only.");
            return CouldNotRun;
        }

        var (stage, error) = Become();
        Tell(new ShimStatus(stage, error, 0));
        return CouldNotRun;
    }

    private static (ShimStage Stage, int Error) Become()
    {
        ShimPlan plan;
        try
        {
            using var stream = new FileStream(new SafeFileHandle(PlanDescriptor, ownsHandle: true), FileAccess.Read);
            plan = ShimPlan.Decode(stream);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException or InvalidDataException)
        {
            return (ShimStage.Plan, Errno.NoEntry);
        }

        // Before the program's first instruction, or what it starts at once would escape its limits. "0" is who writes it.
        foreach (var cgroup in plan.Cgroups)
        {
            if (CgroupFiles.Write(cgroup, "cgroup.procs", "0") is var refusal and not 0)
                return (ShimStage.Cgroup, refusal);
        }

        if (plan.UserName.Length > 0 && BecomeUser(plan) is { } failure)
            return failure;

        // As the user, so that the user's permissions decide.
        if (Libc.ChangeDirectory(plan.Directory) < 0)
            return (ShimStage.Directory, Errno.Last);
        if (ProgramLookup.Find(plan.Program, TaskEnvironment.PathOf(plan.Environment), plan.Directory, out var missing) is not { } program)
            return (ShimStage.Program, missing);

        return (ShimStage.Execute, Execute(program, plan));
    }

    private static (ShimStage Stage, int Error)? BecomeUser(ShimPlan plan)
    {
        // The order matters: after setuid the others are no longer allowed.
        if (Libc.InitializeGroups(plan.UserName, plan.GroupId) < 0)
            return (ShimStage.Groups, Errno.Last);
        if (Libc.SetGroup(plan.GroupId) < 0)
            return (ShimStage.Group, Errno.Last);
        return Libc.SetUser(plan.UserId) < 0 ? (ShimStage.User, Errno.Last) : null;
    }

    private static int Execute(string program, ShimPlan plan)
    {
        Tell(new ShimStatus(ShimStage.Ready, 0, OwnMemory.PeakBytes()));
        return ProgramImage.Replace(program, plan.Arguments, plan.Environment);
    }

    private static void Tell(ShimStatus status)
    {
        var message = stackalloc byte[ShimStatus.Bytes];
        status.Write(new Span<byte>(message, ShimStatus.Bytes));
        _ = Libc.Write(StatusDescriptor, message, ShimStatus.Bytes); // Below PIPE_BUF, so whole or not at all.
    }
}
