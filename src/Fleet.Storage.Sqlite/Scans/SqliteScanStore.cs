namespace Fleet.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteScanStore(Writer writer, ReaderPool readers) : IScanStore
{
    public Task<ScanCatalog> ListAsync(CancellationToken cancellationToken) => readers.ReadAsync(ScanRows.List, cancellationToken);

    public Task<ScanCatalog> ApplyAsync(ScanChanges changes, CancellationToken cancellationToken)
    {
        foreach (var name in changes.Scans.Keys.Concat(changes.Channels.Keys))
            StoreArguments.Id(name, nameof(changes));
        return writer.ExecuteAsync(connection => Apply(connection, changes), cancellationToken);
    }

    public Task<ScanCatalog> SetPausedAsync(
        IReadOnlyCollection<string> names, bool paused, DateTimeOffset at, string by, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(
            connection =>
            {
                foreach (var name in names)
                    ScanRows.SetPaused(connection, name, paused, at, by);
                return ScanRows.List(connection);
            },
            cancellationToken);

    public Task<IReadOnlyList<ScanAssignmentRecord>> ListAssignmentsAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync(AssignmentRows.List, cancellationToken);

    public Task PutAssignmentsAsync(IReadOnlyList<ScanAssignmentRecord> assignments, CancellationToken cancellationToken)
    {
        foreach (var assignment in assignments)
            StoreArguments.Id(assignment.Scan, nameof(assignments));
        return writer.ExecuteAsync(
            connection =>
            {
                foreach (var assignment in assignments)
                    AssignmentRows.Put(connection, assignment);
                return assignments.Count;
            },
            cancellationToken);
    }

    public Task<int> ForgetAssignmentsAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(connection => AssignmentRows.DeleteEnded(connection, before), cancellationToken);

    private static ScanCatalog Apply(Connection connection, ScanChanges changes)
    {
        foreach (var name in changes.DeletedScans)
            ScanRows.Delete(connection, name);
        foreach (var name in changes.DeletedChannels)
            ScanRows.DeleteChannel(connection, name);
        foreach (var (name, definition) in changes.Channels)
            ScanRows.PutChannel(connection, name, definition);
        foreach (var (name, definition) in changes.Scans)
            ScanRows.Put(connection, name, definition, changes.At, changes.By);
        return ScanRows.List(connection);
    }
}
