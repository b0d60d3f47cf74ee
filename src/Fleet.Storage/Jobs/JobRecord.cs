namespace Fleet.Storage;

/// <summary>What is remembered of one job, but for its spec (see <see cref="JobPayload"/>) and tasks.</summary>
public sealed record JobRecord
{
    /// <summary>The job's id.</summary>
    public required string Id { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Id of the operator who asked for it.</summary>
    public required string OperatorId { get; init; }

    /// <summary>Name of the operator at that time.</summary>
    public required string OperatorName { get; init; }

    /// <summary>The target as the operator wrote it.</summary>
    public required string Target { get; init; }

    /// <summary>What it runs, for people.</summary>
    public required string Summary { get; init; }

    /// <summary>SHA-256 of the spec.</summary>
    public required byte[] SpecDigest { get; init; }

    /// <summary>The job this one retries; null if none.</summary>
    public string? RetryOf { get; init; }

    /// <summary>Whether some task has not ended.</summary>
    public required JobState State { get; init; }

    /// <summary>When the job as a whole must have ended; null for never.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>When somebody asked to cancel it; null if nobody did.</summary>
    public DateTimeOffset? CancelRequestedAt { get; init; }

    /// <summary>Name of who asked to cancel it.</summary>
    public string? CancelRequestedBy { get; init; }

    /// <summary>When its last task ended; null while it runs.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>How many tasks are in each state.</summary>
    public required TaskCounts Counts { get; init; }

    /// <summary>Bytes of data in its log.</summary>
    public long OutputBytes { get; init; }

    /// <summary>When retention dropped its log; null if it is complete.</summary>
    public DateTimeOffset? OutputDroppedAt { get; init; }
}
