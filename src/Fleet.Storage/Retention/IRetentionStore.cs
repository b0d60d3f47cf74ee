namespace Fleet.Storage;

/// <summary>Forgetting what is old.</summary>
public interface IRetentionStore
{
    /// <summary>
    /// Applies the policy, oldest jobs first, in short slices between which other writers get their turn.
    /// A cancelled sweep leaves a sound store; the next one carries on.
    /// </summary>
    Task<RetentionReport> SweepAsync(RetentionPolicy policy, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>About when something was last written: the newest time in what an enrollment, a link, a job or a report leaves; null in a store without any.</summary>
    Task<DateTimeOffset?> FindNewestAsync(CancellationToken cancellationToken);
}
