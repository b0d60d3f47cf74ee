namespace Fleet.Storage;

/// <summary>One thing that happened to a task: an event for the job's log, a move of the task, or both.</summary>
public sealed record TaskEntry
{
    /// <summary>The job.</summary>
    public required string JobId { get; init; }

    /// <summary>The task's number within the job, from 1; 0 for a note on the job itself.</summary>
    public required int Ordinal { get; init; }

    /// <summary>What the event is about; null for a move that leaves no event.</summary>
    public TaskEventKind? Kind { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The agent's sequence number for this task, from 1 without gaps; null for what the controller adds itself.</summary>
    public long? AgentSeq { get; init; }

    /// <summary>The event's data, opaque to the store.</summary>
    public byte[] Data { get; init; } = [];

    /// <summary>The task's move; null if it stays where it is.</summary>
    public TaskMove? Move { get; init; }
}
