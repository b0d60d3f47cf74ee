using Fleet.Controller.Identity;
using Fleet.Storage;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Access;

/// <summary>Tokens on the wire.</summary>
internal static class TokenMessages
{
    /// <summary>What is shown of a token.</summary>
    public static V1.Token ToMessage(TokenRecord token) => new()
    {
        Id = token.Id,
        Kind = token.Kind == TokenKind.Agent ? V1.TokenKind.Agent : V1.TokenKind.Operator,
        Role = token.Role is { } role ? OperatorRoleText.Write(role) : "",
        CreatedMs = token.CreatedAt.ToUnixTimeMilliseconds(),
        CreatedBy = token.CreatedBy,
        ExpiresMs = token.ExpiresAt.ToUnixTimeMilliseconds(),
        MaxUses = (uint)(token.MaxUses ?? 0),
        Uses = (uint)token.Uses,
        Labels = { token.Labels.ToDictionary() },
        AllowedLabels = { token.AllowedLabels ?? [] },
        Note = token.Note,
        AllowReplace = token.AllowReplace,
        RevokedMs = token.RevokedAt?.ToUnixTimeMilliseconds() ?? 0,
    };

    /// <summary>Reads an order; a fault where it cannot be read or asks for what is not given.</summary>
    public static (TokenOrder? Order, string? Fault) ToOrder(V1.CreateTokenRequest request)
    {
        if (request.Kind is not (V1.TokenKind.Agent or V1.TokenKind.Operator))
            return (null, "the kind of the token is missing: agent or operator");
        if (request.Role.Length > 0 && OperatorRoleText.Read(request.Role) is null)
            return (null, $"\"{request.Role}\" is not a role: viewer, operator or admin");
        if (request.LifetimeMs is < 0 or > (long)30 * 24 * 3600 * 1000 || request.MaxUses > int.MaxValue)
            return (null, "the token's life or number of uses is out of range: at most 30 days and 100,000 uses");
        var order = new TokenOrder
        {
            Kind = request.Kind == V1.TokenKind.Agent ? TokenKind.Agent : TokenKind.Operator,
            Role = OperatorRoleText.Read(request.Role),
            Life = TimeSpan.FromMilliseconds(request.LifetimeMs),
            MaxUses = (int)request.MaxUses,
            Labels = new Dictionary<string, string>(request.Labels),
            AllowedLabels = request.AllowedLabels.Count > 0 ? [.. request.AllowedLabels.Distinct(StringComparer.Ordinal)] : null,
            Note = request.Note,
            AllowReplace = request.AllowReplace,
        };
        return order.FindFault() is { } fault ? (null, fault) : (order, null);
    }
}
