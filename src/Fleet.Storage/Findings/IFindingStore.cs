namespace Fleet.Storage;

/// <summary>What scans reported.</summary>
public interface IFindingStore
{
    /// <summary>Adds those that are not there yet, in one transaction; returns how many were new.</summary>
    Task<int> AppendAsync(IReadOnlyList<Finding> findings, DateTimeOffset receivedAt, CancellationToken cancellationToken);

    /// <summary>Findings that a query selects.</summary>
    /// <exception cref="ArgumentException">The limit is out of range.</exception>
    Task<IReadOnlyList<StoredFinding>> ReadAsync(FindingQuery query, CancellationToken cancellationToken);

    /// <summary>Sums by scan, ordered by name.</summary>
    Task<IReadOnlyList<ScanTotal>> TotalsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Hits and summaries that a query selects, counted by template, the most frequent first. Limit is that of the templates; order and
    /// places do not count.
    /// </summary>
    Task<IReadOnlyList<FindingCluster>> ClustersAsync(FindingQuery query, CancellationToken cancellationToken);

    /// <summary>Position of the latest finding; 0 if there has been none.</summary>
    Task<long> LastSeqAsync(CancellationToken cancellationToken);

    /// <summary>Position before the first come of the findings that were written then or later; that of the latest if there are none.</summary>
    Task<long> PlaceBeforeAsync(DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Names of the scans of which there are findings, in order.</summary>
    Task<IReadOnlyList<string>> ScansAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Deletes up to so many findings of a scan that were written and stored before a time and have been judged by the alert rules; returns how many.
    /// </summary>
    Task<int> DeleteOldAsync(string scan, DateTimeOffset before, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Where there are more findings than the given number, deletes up to so many judged ones of whoever has more than a fair share of it, the oldest
    /// first; returns how many.
    /// </summary>
    /// <remarks>Shares are those of agents, and within an agent those of its scans: one that reports much takes nothing from the others.</remarks>
    Task<int> DeleteBeyondAsync(long most, int limit, CancellationToken cancellationToken);
}
