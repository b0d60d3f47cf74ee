namespace Fleet.Storage.LiteDb;

/// <inheritdoc/>
internal sealed class LiteDbFindingStore(LiteDbWriter writer, LiteDbReaders readers) : IFindingStore
{
    public Task<int> AppendAsync(IReadOnlyList<Finding> findings, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        var bytes = StoreArguments.Findings(findings);
        return findings.Count == 0
            ? Task.FromResult(0)
            : writer.ExecuteAsync(database => Append(database, findings, receivedAt), cancellationToken, bytes);
    }

    public Task<IReadOnlyList<StoredFinding>> ReadAsync(FindingQuery query, CancellationToken cancellationToken)
    {
        StoreArguments.Findings(query);
        return readers.ReadAsync(database => FindingSearch.Read(database, query), [Collections.Findings, Collections.FindingCounts], cancellationToken);
    }

    public Task<IReadOnlyList<ScanTotal>> TotalsAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync(FindingDocuments.Totals, cancellationToken);

    public Task<IReadOnlyList<FindingCluster>> ClustersAsync(FindingQuery query, CancellationToken cancellationToken)
    {
        StoreArguments.Findings(query);
        return readers.ReadAsync(database => FindingSearch.Clusters(database, query), [Collections.Findings, Collections.FindingCounts], cancellationToken);
    }

    public Task<long> LastSeqAsync(CancellationToken cancellationToken) => readers.ReadAsync(database => database.State.LastFinding, cancellationToken);

    public Task<long> PlaceBeforeAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        readers.ReadAsync(database => FindingDocuments.PlaceBefore(database, since), cancellationToken);

    public Task<IReadOnlyList<string>> ScansAsync(CancellationToken cancellationToken) => readers.ReadAsync(FindingShares.Scans, cancellationToken);

    public Task<int> DeleteOldAsync(string scan, DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(database => FindingDocuments.DeleteOld(database, scan, before, limit), cancellationToken);

    public Task<int> DeleteBeyondAsync(long most, int limit, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(database => FindingShares.DeleteBeyond(database, most, limit), cancellationToken);

    private static int Append(Database database, IReadOnlyList<Finding> findings, DateTimeOffset receivedAt) => new FindingBatch(
        finding => FindingDocuments.Insert(database, finding, receivedAt),
        (scan, hits, gaps, lastAt) => FindingDocuments.AddToTotal(database, scan, hits, gaps, lastAt),
        (agentId, scan, count) => FindingShares.Add(database, agentId, scan, count)).Append(findings);
}
