using Fleet.Agent.Execution.Output;
using Fleet.Agent.Execution.Processes;

namespace Fleet.Agent.Execution;

/// <summary>What happened in one step.</summary>
public sealed record StepReport
{
    /// <summary>Its place in the request, from 0.</summary>
    public required int Step { get; init; }

    /// <summary>How it ended.</summary>
    public required StepOutcome Outcome { get; init; }

    /// <summary>When it was begun, by this host's clock.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>From the start to the end of the process; its remaining output is not waited for in this figure.</summary>
    public TimeSpan WallTime { get; init; }

    /// <summary>User and system time of all its processes; without a cgroup, of the process and of all children it waited for.</summary>
    public CpuTime CpuTime { get; init; }

    /// <summary>The largest resident set of the process and its children.</summary>
    public PeakMemory PeakMemory { get; init; }

    /// <summary>Processes of the task that the kernel killed for lack of memory, mostly at the task's own limit.</summary>
    public int MemoryKills { get; init; }

    /// <summary>Processes and threads that could not be started because of the task's limit.</summary>
    public int RefusedProcesses { get; init; }

    /// <summary>The process; none where nothing was started.</summary>
    public ProcessIdentity? Process { get; init; }

    public StreamTotals StandardOutput { get; init; } = new(0, 0, ReachedEnd: true);

    public StreamTotals StandardError { get; init; } = new(0, 0, ReachedEnd: true);

    /// <summary>Processes of the task that still ran when the step had ended.</summary>
    public int RemainingProcesses { get; init; }

    /// <summary>What ending the tree took, where that was necessary.</summary>
    public KillReport? Kill { get; init; }
}
