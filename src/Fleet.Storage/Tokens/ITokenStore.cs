namespace Fleet.Storage;

/// <summary>Join tokens. Their uses are counted by the enrollments.</summary>
public interface ITokenStore
{
    /// <summary>Stores a new token; false if its id or its secret's hash is taken.</summary>
    Task<bool> CreateAsync(TokenRecord token, CancellationToken cancellationToken);

    /// <summary>The token with this id; null if there is none.</summary>
    Task<TokenRecord?> GetAsync(string tokenId, CancellationToken cancellationToken);

    /// <summary>The token whose secret has this SHA-256; null if there is none.</summary>
    Task<TokenRecord?> FindByHashAsync(byte[] secretHash, CancellationToken cancellationToken);

    /// <summary>All tokens, newest first; expired and revoked ones included.</summary>
    Task<IReadOnlyList<TokenRecord>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Revokes the token (harmless when repeated); returns it as it is then, or null if there is none.</summary>
    Task<TokenRecord?> RevokeAsync(string tokenId, DateTimeOffset at, CancellationToken cancellationToken);
}
