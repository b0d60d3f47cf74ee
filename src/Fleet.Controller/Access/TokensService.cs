using Fleet.Controller.Artifacts;
using Fleet.Controller.Identity;
using Grpc.Core;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Access;

/// <summary>Join tokens, for administrators.</summary>
internal sealed class TokensService(JoinTokens tokens, InstallationSource installation) : V1.Tokens.TokensBase
{
    /// <inheritdoc/>
    public override async Task<V1.CreateTokenReply> CreateToken(V1.CreateTokenRequest request, ServerCallContext context)
    {
        var (order, fault) = TokenMessages.ToOrder(request);
        if (order is null)
            throw new RpcException(new Status(StatusCode.InvalidArgument, fault!));
        // Before anything is made: a token whose line cannot be used would lie about.
        var place = request.Install ? Installation() : null;
        var (token, text) = await tokens.CreateAsync(order, context.GetCaller().ToString(), context.CancellationToken);
        return new V1.CreateTokenReply { Token = TokenMessages.ToMessage(token), Secret = text, Installation = place };
    }


    /// <inheritdoc/>
    public override async Task<V1.ListTokensReply> ListTokens(V1.ListTokensRequest request, ServerCallContext context)
    {
        var found = await tokens.ListAsync(request.All, context.CancellationToken);
        return new V1.ListTokensReply { Tokens = { found.Select(TokenMessages.ToMessage) } };
    }

    /// <inheritdoc/>
    public override async Task<V1.Token> RevokeToken(V1.RevokeTokenRequest request, ServerCallContext context)
    {
        var token = await tokens.RevokeAsync(request.Id, context.GetCaller().ToString(), context.CancellationToken);
        return token is not null
            ? TokenMessages.ToMessage(token)
            : throw new RpcException(new Status(StatusCode.NotFound, $"there is no token \"{request.Id}\": `fleet token list --all` shows all"));
    }

    private V1.Installation Installation() => installation.Describe(out var fault)
        ?? throw new RpcException(new Status(StatusCode.FailedPrecondition, fault!));
}
