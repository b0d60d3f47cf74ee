namespace Fleet.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteFindingStore(Writer writer, ReaderPool readers) : IFindingStore
{
    public Task<int> AppendAsync(IReadOnlyList<Finding> findings, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        var bytes = StoreArguments.Findings(findings);
        return findings.Count == 0
            ? Task.FromResult(0)
            : writer.ExecuteAsync(connection => Append(connection, findings, receivedAt), cancellationToken, bytes);
    }

    public Task<IReadOnlyList<StoredFinding>> ReadAsync(FindingQuery query, CancellationToken cancellationToken)
    {
        StoreArguments.Findings(query);
        return readers.ReadAsync(connection => FindingRows.Read(connection, query), cancellationToken);
    }

    public Task<IReadOnlyList<ScanTotal>> TotalsAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync(FindingRows.Totals, cancellationToken);

    public Task<IReadOnlyList<FindingCluster>> ClustersAsync(FindingQuery query, CancellationToken cancellationToken)
    {
        StoreArguments.Findings(query);
        return readers.ReadAsync(connection => FindingRows.Clusters(connection, query), cancellationToken);
    }

    public Task<long> LastSeqAsync(CancellationToken cancellationToken) => readers.ReadAsync(FindingRows.LastSeq, cancellationToken);

    public Task<long> PlaceBeforeAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        readers.ReadAsync(connection => FindingRows.PlaceBefore(connection, since), cancellationToken);

    public Task<IReadOnlyList<string>> ScansAsync(CancellationToken cancellationToken) => readers.ReadAsync(FindingRows.Scans, cancellationToken);

    public Task<int> DeleteOldAsync(string scan, DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(connection => FindingRows.DeleteOld(connection, scan, before, limit), cancellationToken);

    public Task<int> DeleteBeyondAsync(long most, int limit, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(connection => FindingShares.DeleteBeyond(connection, most, limit), cancellationToken);

    private static int Append(Connection connection, IReadOnlyList<Finding> findings, DateTimeOffset receivedAt) => new FindingBatch(
        finding => FindingRows.Insert(connection, finding, receivedAt),
        (scan, hits, gaps, lastAt) => FindingRows.AddToTotal(connection, scan, hits, gaps, lastAt),
        (agentId, scan, count) => FindingShares.Add(connection, agentId, scan, count)).Append(findings);
}
