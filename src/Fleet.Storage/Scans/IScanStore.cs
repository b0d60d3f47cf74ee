namespace Fleet.Storage;

/// <summary>Standing scans, and the channels that their alerts go to.</summary>
public interface IScanStore
{
    /// <summary>All scans and channels.</summary>
    Task<ScanCatalog> ListAsync(CancellationToken cancellationToken);

    /// <summary>Makes changes in one transaction; a changed scan gets a higher revision and stays paused if it was.</summary>
    Task<ScanCatalog> ApplyAsync(ScanChanges changes, CancellationToken cancellationToken);

    /// <summary>Pauses scans or lets them go on, each with a higher revision; names that are not there are passed over.</summary>
    Task<ScanCatalog> SetPausedAsync(IReadOnlyCollection<string> names, bool paused, DateTimeOffset at, string by, CancellationToken cancellationToken);

    /// <summary>Which agent was given which scan.</summary>
    Task<IReadOnlyList<ScanAssignmentRecord>> ListAssignmentsAsync(CancellationToken cancellationToken);

    /// <summary>Records which agents were given which scans; revisions only grow. Those of agents that are not active are passed over.</summary>
    Task PutAssignmentsAsync(IReadOnlyList<ScanAssignmentRecord> assignments, CancellationToken cancellationToken);

    /// <summary>Forgets assignments that ended before a time; returns how many.</summary>
    Task<int> ForgetAssignmentsAsync(DateTimeOffset before, CancellationToken cancellationToken);
}
