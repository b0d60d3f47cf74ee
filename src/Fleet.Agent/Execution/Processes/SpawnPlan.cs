using Fleet.Agent.Execution.Native;

namespace Fleet.Agent.Execution.Processes;

/// <summary>What to start, all looked up and decided.</summary>
internal sealed record SpawnPlan
{
    /// <summary>The program file; relative paths start at <see cref="Directory"/>.</summary>
    public required string Program { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The whole environment, each <c>NAME=value</c>.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    public required string Directory { get; init; }

    /// <summary>Null: our own.</summary>
    public uint? FileModeMask { get; init; }

    /// <summary>See <see cref="TimerSlackMark"/>.</summary>
    public required int Mark { get; init; }

    /// <summary>The child's descriptors: the first is its 0, and so on. Owned by the caller.</summary>
    public required IReadOnlyList<Fd> Descriptors { get; init; }
}
