namespace Fleet.Storage.LiteDb;

/// <inheritdoc/>
internal sealed class LiteDbTaskEventStore(LiteDbWriter writer, LiteDbReaders readers, TimeProvider time) : ITaskEventStore
{
    public Task<AppendResult> AppendAsync(IReadOnlyList<TaskEntry> entries, CancellationToken cancellationToken)
    {
        var bytes = StoreArguments.Entries(entries);
        return entries.Count == 0
            ? Task.FromResult(new AppendResult([], []))
            : writer.ExecuteAsync(new AppendOperation<Database>(entries, bytes, Begin), cancellationToken);
    }

    public Task<EventPage> ReadAsync(
        string jobId, long afterSeq, int maxRows, int maxBytes, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 1);
        return readers.ReadAsync(database => EventDocuments.Read(database, jobId, afterSeq, maxRows, maxBytes), cancellationToken);
    }

    private EntryBatch Begin(Database database) => new(id => LiteDbJob.Find(database, id), time.GetUtcNow());
}
