namespace Fleet.Storage.LiteDb;

/// <inheritdoc/>
internal sealed class LiteDbTokenStore(LiteDbWriter writer, LiteDbReaders readers) : ITokenStore
{
    public Task<bool> CreateAsync(TokenRecord token, CancellationToken cancellationToken)
    {
        StoreArguments.Token(token);
        return writer.ExecuteAsync(database => TokenDocuments.Insert(database, token), cancellationToken);
    }

    public Task<TokenRecord?> GetAsync(string tokenId, CancellationToken cancellationToken) =>
        readers.ReadAsync(database => TokenDocuments.Find(database, tokenId), cancellationToken);

    public Task<TokenRecord?> FindByHashAsync(byte[] secretHash, CancellationToken cancellationToken) =>
        readers.ReadAsync(database => TokenDocuments.FindByHash(database, secretHash), cancellationToken);

    public Task<IReadOnlyList<TokenRecord>> ListAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync(TokenDocuments.List, cancellationToken);

    public Task<TokenRecord?> RevokeAsync(string tokenId, DateTimeOffset at, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(database => TokenDocuments.Revoke(database, tokenId, at), cancellationToken);
}
