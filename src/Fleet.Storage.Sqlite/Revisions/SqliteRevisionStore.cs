namespace Fleet.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteRevisionStore(Writer writer, ReaderPool readers) : IRevisionStore
{
    public Task<StoreIdentity?> GetAsync(CancellationToken cancellationToken) => readers.ReadAsync(FleetRow.Find, cancellationToken);

    public Task<StoreIdentity> AdvanceAsync(CancellationToken cancellationToken) => writer.ExecuteAsync(FleetRow.Advance, cancellationToken);
}
