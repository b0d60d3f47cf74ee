namespace Fleet.Storage;

/// <summary>A job to be stored, with the tasks its target resolved to.</summary>
public sealed record NewJob
{
    /// <summary>The job's id, for instance <c>20261121-093115-k3f9</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Idempotency key chosen by the client; the same one from the same operator names the same job.</summary>
    public required string RequestId { get; init; }

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

    /// <summary>The job spec, byte for byte as it came.</summary>
    public required byte[] SpecBytes { get; init; }

    /// <summary>SHA-256 of the spec, 32 bytes.</summary>
    public required byte[] SpecDigest { get; init; }

    /// <summary>The controller's own options for this job, opaque to the store.</summary>
    public byte[] OptionsBytes { get; init; } = [];

    /// <summary>The job this one retries; null if none.</summary>
    public string? RetryOf { get; init; }

    /// <summary>When the job as a whole must have ended; null for never.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Its tasks; the first has ordinal 1. At least one.</summary>
    public required IReadOnlyList<NewTask> Tasks { get; init; }
}
