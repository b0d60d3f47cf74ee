namespace Fleet.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteTokenStore(Writer writer, ReaderPool readers) : ITokenStore
{
    public Task<bool> CreateAsync(TokenRecord token, CancellationToken cancellationToken)
    {
        StoreArguments.Token(token);
        return writer.ExecuteAsync(connection => TokenRows.Insert(connection, token), cancellationToken);
    }

    public Task<TokenRecord?> GetAsync(string tokenId, CancellationToken cancellationToken) =>
        readers.ReadAsync(connection => TokenRows.Find(connection, tokenId), cancellationToken);

    public Task<TokenRecord?> FindByHashAsync(byte[] secretHash, CancellationToken cancellationToken) =>
        readers.ReadAsync(connection => TokenRows.FindByHash(connection, secretHash), cancellationToken);

    public Task<IReadOnlyList<TokenRecord>> ListAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync(TokenRows.List, cancellationToken);

    public Task<TokenRecord?> RevokeAsync(string tokenId, DateTimeOffset at, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(
            connection =>
            {
                TokenRows.Revoke(connection, tokenId, at);
                return TokenRows.Find(connection, tokenId);
            },
            cancellationToken);
}
