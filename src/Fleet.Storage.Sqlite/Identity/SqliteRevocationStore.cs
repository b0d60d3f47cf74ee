namespace Fleet.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteRevocationStore(Writer writer, ReaderPool readers) : IRevocationStore
{
    public Task AddAsync(RevocationRecord revocation, CancellationToken cancellationToken)
    {
        StoreArguments.Id(revocation.Serial);
        return writer.ExecuteAsync(
            connection =>
            {
                RevocationRows.Insert(connection, revocation);
                return true;
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<RevocationRecord>> ListAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync(RevocationRows.List, cancellationToken);

    public Task<int> ForgetEndedAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(connection => RevocationRows.DeleteEnded(connection, before), cancellationToken);
}
