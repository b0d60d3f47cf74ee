namespace Fleet.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteTaskEventStore(Writer writer, ReaderPool readers, TimeProvider time) : ITaskEventStore
{
    public Task<AppendResult> AppendAsync(IReadOnlyList<TaskEntry> entries, CancellationToken cancellationToken)
    {
        var bytes = StoreArguments.Entries(entries);
        return entries.Count == 0
            ? Task.FromResult(new AppendResult([], []))
            : writer.ExecuteAsync(new AppendOperation<Connection>(entries, bytes, Begin), cancellationToken);
    }

    public Task<EventPage> ReadAsync(
        string jobId, long afterSeq, int maxRows, int maxBytes, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 1);
        return readers.ReadAsync(connection => EventRows.Read(connection, jobId, afterSeq, maxRows, maxBytes), cancellationToken);
    }

    private EntryBatch Begin(Connection connection) => new(id => SqliteJob.Find(connection, id), time.GetUtcNow());
}
