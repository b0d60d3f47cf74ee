namespace Fleet.Storage;

/// <summary>How long finished jobs and their output are kept. Jobs that are not done are never touched.</summary>
public sealed record RetentionPolicy
{
    /// <summary>A finished job's log (its output) is dropped after this time; job and tasks stay. Null keeps it. The default is 30 days.</summary>
    public TimeSpan? MaxOutputAge { get; init; } = TimeSpan.FromDays(30);

    /// <summary>
    /// Bytes of output kept over all jobs; beyond it the logs of the oldest finished jobs are dropped. Null sets no limit.
    /// The default is 10 GiB.
    /// </summary>
    public long? MaxOutputBytes { get; init; } = 10L << 30;

    /// <summary>A finished job is deleted, its tasks with it, after this time. Null keeps it. The default is 180 days.</summary>
    public TimeSpan? MaxJobAge { get; init; } = TimeSpan.FromDays(180);
}
