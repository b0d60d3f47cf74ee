namespace Fleet.Storage.LiteDb;

/// <inheritdoc/>
internal sealed class LiteDbRevocationStore(LiteDbWriter writer, LiteDbReaders readers) : IRevocationStore
{
    public Task AddAsync(RevocationRecord revocation, CancellationToken cancellationToken)
    {
        StoreArguments.Id(revocation.Serial);
        return writer.ExecuteAsync(
            database =>
            {
                RevocationDocuments.Insert(database, revocation);
                return true;
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<RevocationRecord>> ListAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync(RevocationDocuments.List, cancellationToken);

    public Task<int> ForgetEndedAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(database => RevocationDocuments.DeleteEnded(database, before), cancellationToken);
}
