using Fleet.Agent.Execution.Cgroups;
using Fleet.Protocol;

namespace Fleet.Agent.Execution;

/// <summary>The executor's limits.</summary>
public sealed record TaskExecutorOptions
{
    /// <summary>Tasks that run at the same time.</summary>
    public required int MaxTasks { get; init; }

    /// <summary>Tasks that wait for their turn; more are refused.</summary>
    public required int MaxQueuedTasks { get; init; }

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

    /// <summary>Steps of a task.</summary>
    public int MaxSteps { get; init; } = Limits.Steps;

    /// <summary>Standard input or script of a step, in bytes.</summary>
    public int MaxInputBytes { get; init; } = Math.Max(Limits.ScriptBytes, Limits.StdinBytes);

    /// <summary>The largest head a task may ask for, in bytes: it is streamed, not held.</summary>
    public long MaxHeadBytes { get; init; } = Limits.StreamedOutputBytes;

    /// <summary>The largest tail a task may ask for, in bytes; it is held in memory.</summary>
    public int MaxTailBytes { get; init; } = Limits.KeptOutputBytes;

    /// <summary>The largest run timeout a task may ask for.</summary>
    public TimeSpan MaxRunTimeout { get; init; } = Limits.RunTimeout;

    /// <summary>
    /// Names of variables that tasks get from the agent's own environment, besides those for language and time zone. The default is none.
    /// </summary>
    public IReadOnlyList<string> PassEnvironment { get; init; } = [];

    /// <summary>Where tasks get cgroups of their own. The default is null: they have none, and cannot be limited.</summary>
    internal TaskCgroups? Cgroups { get; init; }

    /// <summary>What steps can ask for by name.</summary>
    public IReadOnlyDictionary<string, Builtin> Builtins { get; init; } = Execution.Builtins.Standard;
}
