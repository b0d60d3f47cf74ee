using Fleet.Agent.Execution.Cgroups;

namespace Fleet.Agent.Execution;

/// <summary>The executor's limits.</summary>
public sealed record TaskExecutorOptions
{
    /// <summary>
    /// Tasks that run at the same time. The default is 16: tasks mostly wait (for disks, peers, sleeps), so a few a core do no harm,
    /// while at default output limits 16 of them hold about 6 MiB at worst (chunk and tail of two streams each).
    /// </summary>
    public int MaxConcurrentTasks { get; init; } = 16;

    /// <summary>Tasks that wait for their turn; more are refused. The default is 256.</summary>
    public int MaxQueuedTasks { get; init; } = 256;

    /// <summary>
    /// The agent's directory; scripts lie in <c>scripts</c> below it while they run. For scripts that run as other users, those
    /// must be able to pass it (mode 0711).
    /// </summary>
    public required string StateDirectory { get; init; }

    /// <summary>
    /// How long output is waited for after a step's process has ended while a process it left behind holds the pipe. The default
    /// is 1 s.
    /// </summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Steps of a task. The default is 64.</summary>
    public int MaxSteps { get; init; } = 64;

    /// <summary>Standard input or script of a step, in bytes. The default is 16 MiB.</summary>
    public int MaxInputBytes { get; init; } = 16 << 20;

    /// <summary>The largest head a task may ask for, in bytes. The default is 1 GiB: it is streamed, not held.</summary>
    public long MaxHeadBytes { get; init; } = 1L << 30;

    /// <summary>The largest tail a task may ask for, in bytes; it is held in memory. The default is 4 MiB.</summary>
    public int MaxTailBytes { get; init; } = 4 << 20;

    /// <summary>The largest run timeout a task may ask for. The default is 14 days.</summary>
    public TimeSpan MaxRunTimeout { get; init; } = TimeSpan.FromDays(14);

    /// <summary>
    /// Names of variables that tasks get from the agent's own environment, besides those for language and time zone. The default is none.
    /// </summary>
    public IReadOnlyList<string> PassEnvironment { get; init; } = [];

    /// <summary>Where tasks get cgroups of their own. The default is null: they have none, and cannot be limited.</summary>
    internal TaskCgroups? Cgroups { get; init; }

    /// <summary>What steps can ask for by name.</summary>
    public IReadOnlyDictionary<string, Builtin> Builtins { get; init; } = Execution.Builtins.Standard;
}
