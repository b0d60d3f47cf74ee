namespace Fleet.Agent.Execution;

/// <summary>What a task asks of this host: steps that run one after the other, and their limits.</summary>
public sealed record TaskRequest
{
    /// <summary>Unique for all time: a task starts at most once. Letters, digits and <c>._:-</c>, at most 128.</summary>
    public required string TaskId { get; init; }

    /// <summary>The job it belongs to; given to the processes as <c>FLEET_JOB_ID</c>.</summary>
    public required string JobId { get; init; }

    /// <summary>At least one.</summary>
    public required IReadOnlyList<StepRequest> Steps { get; init; }

    /// <summary>How long all steps together may run. The default is one hour.</summary>
    public TimeSpan RunTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long SIGTERM may take before SIGKILL follows. The default is 10 s.</summary>
    public TimeSpan KillGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How much of each stream of each step is kept.</summary>
    public OutputLimits Output { get; init; } = OutputLimits.Default;

    /// <summary>The user, by name or number, to run as. The default is the agent's own.</summary>
    public string? RunAs { get; init; }

    /// <summary>The file mode mask, for example octal 027. The default is the agent's own.</summary>
    public uint? FileModeMask { get; init; }

    /// <summary>An absolute path. The default is the home of <see cref="RunAs"/>, else <c>/</c>.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Variables added to the environment, or replacing those in it.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Start from an empty environment instead of one as after a login. The default is false.</summary>
    public bool CleanEnvironment { get; init; }

    /// <summary>What its processes may use together. The default is no limit.</summary>
    public TaskLimits Limits { get; init; } = TaskLimits.None;

    /// <summary>Leave out the steps after one that did not exit with 0. The default is false.</summary>
    public bool StopAtFailure { get; init; }
}
