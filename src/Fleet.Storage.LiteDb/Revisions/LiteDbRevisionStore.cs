namespace Fleet.Storage.LiteDb;

/// <inheritdoc/>
internal sealed class LiteDbRevisionStore(LiteDbWriter writer, LiteDbReaders readers) : IRevisionStore
{
    public Task<StoreIdentity?> GetAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync(database => database.State.Identity, cancellationToken);

    public Task<StoreIdentity> AdvanceAsync(CancellationToken cancellationToken) => writer.ExecuteAsync(
        database =>
        {
            database.State.Grow();
            return database.State.Identity
                ?? throw new InvalidOperationException($"the store {database.Path} was opened without an expectation: it belongs to no fleet");
        },
        cancellationToken);
}
