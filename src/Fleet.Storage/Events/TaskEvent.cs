namespace Fleet.Storage;

/// <summary>One event of a job's log.</summary>
/// <param name="Seq">Position in the log: grows over all jobs, is never reused, and has holes within one job.</param>
/// <param name="JobId">The job.</param>
/// <param name="Ordinal">The task; 0 for the job itself.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="AgentSeq">The agent's sequence number for this task; null for what the controller added itself.</param>
/// <param name="At">When it happened.</param>
/// <param name="Data">Opaque to the store.</param>
public sealed record TaskEvent(
    long Seq, string JobId, int Ordinal, TaskEventKind Kind, long? AgentSeq, DateTimeOffset At, byte[] Data);
