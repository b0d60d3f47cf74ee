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
    /// Deletes up to so many findings of a scan (of all scans where null) that were stored before a time and have been judged by the
    /// alert rules; returns how many.
    /// </summary>
    Task<int> DeleteOldAsync(string? scan, DateTimeOffset receivedBefore, int limit, CancellationToken cancellationToken);
}
