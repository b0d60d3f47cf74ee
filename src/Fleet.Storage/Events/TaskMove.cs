namespace Fleet.Storage;

/// <summary>A task moves to another state; what is null here stays as it is.</summary>
/// <param name="To">The state it moves to.</param>
public sealed record TaskMove(TaskState To)
{
    /// <summary>The incarnation of the agent it is sent to. Another one than before starts the agent's sequence numbers at 1 again.</summary>
    public string? DispatchedTo { get; init; }

    /// <summary>When it started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; for an end, the entry's time unless given.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why, for people.</summary>
    public string? Reason { get; init; }

    /// <summary>Exit code of the process.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The agent's result.</summary>
    public byte[]? ResultBytes { get; init; }
}
