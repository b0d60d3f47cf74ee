using System.Security.Cryptography;
using Fleet.Controller.Identity;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Identity;
using Fleet.Storage;

namespace Fleet.Controller.Access;

/// <summary>Makes, lists and revokes join tokens. Of a token's secret only the hash is kept.</summary>
internal sealed partial class JoinTokens(ITokenStore tokens, CertificateAuthority authority, TimeProvider time, ILogger<JoinTokens> logger)
{
    private const int SecretBytes = 32;

    /// <summary>Makes a token.</summary>
    /// <param name="order">One without faults.</param>
    /// <param name="createdBy">Who wants it.</param>
    /// <param name="cancellationToken">Gives up before the store has decided.</param>
    /// <returns>What is kept of it, and its text, which is shown this once.</returns>
    public async Task<(TokenRecord Token, string Text)> CreateAsync(TokenOrder order, string createdBy, CancellationToken cancellationToken)
    {
        if (order.FindFault() is { } fault)
            throw new ArgumentException(fault, nameof(order));
        var now = time.GetUtcNow();
        var id = TokenId.New().ToString();
        var token = new JoinToken(
            order.Kind == TokenKind.Agent ? JoinTokenKind.Agent : JoinTokenKind.Operator,
            id["t-".Length..],
            RandomNumberGenerator.GetBytes(SecretBytes),
            authority.Fleet.Fingerprint);
        var record = new TokenRecord
        {
            Id = id,
            SecretHash = token.SecretHash(),
            Kind = order.Kind,
            Role = order.Role,
            Labels = order.Labels,
            AllowedLabels = order.AllowedLabels,
            ExpiresAt = now + order.Life,
            MaxUses = order.MaxUses,
            AllowReplace = order.AllowReplace,
            CreatedAt = now,
            CreatedBy = createdBy,
            Note = order.Note,
        };
        if (!await tokens.CreateAsync(record, cancellationToken))
            throw new InvalidOperationException($"the random token id {id} is taken already: the machine's random numbers repeat");
        LogCreated(createdBy, id, order.Role is { } role ? $"operators with the role {OperatorRoleText.Write(role)}" : "agents", order.MaxUses, record.ExpiresAt);
        return (record, token.ToText());
    }

    /// <summary>Tokens, newest first.</summary>
    /// <param name="all">Also those that let nobody in any more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<TokenRecord>> ListAsync(bool all, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var found = await tokens.ListAsync(cancellationToken);
        return all ? found : [.. found.Where(token => token.RevokedAt is null && token.ExpiresAt > now && token.Uses < (token.MaxUses ?? int.MaxValue))];
    }

    /// <summary>Revokes a token, harmless when repeated; null if there is none of this id.</summary>
    public async Task<TokenRecord?> RevokeAsync(string id, string revokedBy, CancellationToken cancellationToken)
    {
        var token = await tokens.RevokeAsync(id, time.GetUtcNow(), cancellationToken);
        if (token is not null)
            LogRevoked(revokedBy, id);
        return token;
    }

    [LoggerMessage(3210, LogLevel.Information, "{Caller} created token {TokenId} for {Whom}: {Uses} uses, until {Expires:u}")]
    private partial void LogCreated(string caller, string tokenId, string whom, int uses, DateTimeOffset expires);

    [LoggerMessage(3211, LogLevel.Information, "{Caller} revoked token {TokenId}")]
    private partial void LogRevoked(string caller, string tokenId);
}
