namespace Fleet.Agent.Execution;

/// <summary>What a task's processes may use together. They need a cgroup of the task's own.</summary>
public sealed record TaskLimits
{
    /// <summary>Memory in bytes, page cache included; beyond it the kernel kills within the task. Null: no limit.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Share of the CPUs where they are contended, 1 to 10,000; everything else has 100. Null: 100.</summary>
    public int? CpuWeight { get; init; }

    /// <summary>Processes and threads at a time; beyond it none can be started. Null: no limit.</summary>
    public int? Processes { get; init; }

    /// <summary>No limits.</summary>
    public static TaskLimits None { get; } = new();
}
