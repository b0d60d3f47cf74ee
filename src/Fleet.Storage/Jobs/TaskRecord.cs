namespace Fleet.Storage;

/// <summary>What is remembered of one task.</summary>
public sealed record TaskRecord
{
    /// <summary>Its job.</summary>
    public required string JobId { get; init; }

    /// <summary>Its number within the job, from 1.</summary>
    public required int Ordinal { get; init; }

    /// <summary>The agent that is to run it.</summary>
    public required string AgentId { get; init; }

    /// <summary>The agent's name when the job was created.</summary>
    public required string AgentName { get; init; }

    /// <summary>Where it is on its way.</summary>
    public required TaskState State { get; init; }

    /// <summary>When it expires unless delivered; null for never.</summary>
    public DateTimeOffset? DeliverBy { get; init; }

    /// <summary>The incarnation of the agent (boot and journal) it was last sent to; null if never sent.</summary>
    public string? DispatchedTo { get; init; }

    /// <summary>Sequence number of the last record of the agent stored for this task; 0 before the first.</summary>
    public long LastAgentSeq { get; init; }

    /// <summary>When it started; null if it did not.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null while it has not.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it ended as it did, for people.</summary>
    public string? Reason { get; init; }

    /// <summary>Exit code of the process; null if there is none.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The agent's result, opaque to the store; null before the end.</summary>
    public byte[]? ResultBytes { get; init; }
}
