namespace Fleet.Storage.LiteDb;

/// <inheritdoc/>
internal sealed class LiteDbScanStore(LiteDbWriter writer, LiteDbReaders readers) : IScanStore
{
    public Task<ScanCatalog> ListAsync(CancellationToken cancellationToken) => readers.ReadAsync(ScanDocuments.List, cancellationToken);

    public Task<ScanCatalog> ApplyAsync(ScanChanges changes, CancellationToken cancellationToken)
    {
        foreach (var name in changes.Scans.Keys.Concat(changes.Channels.Keys))
            StoreArguments.Id(name, nameof(changes));
        return writer.ExecuteAsync(database => Apply(database, changes), cancellationToken);
    }

    public Task<ScanCatalog> SetPausedAsync(
        IReadOnlyCollection<string> names, bool paused, DateTimeOffset at, string by, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(
            database =>
            {
                foreach (var name in names)
                    ScanDocuments.SetPaused(database, name, paused, at, by);
                return ScanDocuments.List(database);
            },
            cancellationToken);

    public Task<IReadOnlyList<ScanAssignmentRecord>> ListAssignmentsAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync(AssignmentDocuments.List, cancellationToken);

    public Task PutAssignmentsAsync(IReadOnlyList<ScanAssignmentRecord> assignments, CancellationToken cancellationToken)
    {
        foreach (var assignment in assignments)
            StoreArguments.Id(assignment.Scan, nameof(assignments));
        return writer.ExecuteAsync(
            database =>
            {
                foreach (var assignment in assignments)
                    AssignmentDocuments.Put(database, assignment);
                return assignments.Count;
            },
            cancellationToken);
    }

    public Task<int> ForgetAssignmentsAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(database => AssignmentDocuments.DeleteEnded(database, before), cancellationToken);

    private static ScanCatalog Apply(Database database, ScanChanges changes)
    {
        foreach (var name in changes.DeletedScans)
            ScanDocuments.Delete(database, name);
        foreach (var name in changes.DeletedChannels)
            ScanDocuments.DeleteChannel(database, name);
        foreach (var (name, definition) in changes.Channels)
            ScanDocuments.PutChannel(database, name, definition);
        foreach (var (name, definition) in changes.Scans)
            ScanDocuments.Put(database, name, definition, changes.At, changes.By);
        return ScanDocuments.List(database);
    }
}
