using Fleet.Controller.Access;
using Fleet.Controller.Artifacts;
using Fleet.Protocol.Calls;
using Fleet.Storage;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Hosting.Commands;

/// <summary>
/// Tokens from the controller's own host. While a controller runs, it alone writes to its store: then the work is asked of it
/// through its socket. Otherwise the store is opened here.
/// </summary>
internal sealed class LocalTokens : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);
    private readonly GrpcChannel? _channel;
    private readonly OpenedData? _opened;
    private readonly ControllerOptions _options;

    private LocalTokens(ControllerOptions options, GrpcChannel? channel, OpenedData? opened)
    {
        _options = options;
        _channel = channel;
        _opened = opened;
    }

    private V1.Tokens.TokensClient Remote => new(_channel!);

    private JoinTokens Local => new(_opened!.Store.Tokens, _opened.Authority, TimeProvider.System, NullLogger<JoinTokens>.Instance);

    private static DateTime Deadline => (TimeProvider.System.GetUtcNow() + s_patience).UtcDateTime;

    /// <summary>Finds the controller, or opens its data.</summary>
    /// <exception cref="CommandException">There is neither.</exception>
    public static async Task<LocalTokens> OpenAsync(ControllerOptions options, CancellationToken cancellationToken)
    {
        var data = new DataDirectory(options.Data, options.Store);
        if (FirstStart.FindAbsence(data) is { } absence)
            throw new UsageException(absence);
        if (await LocalChannel.TryOpenAsync(data.SocketPath, cancellationToken) is { } channel)
            return new LocalTokens(options, channel, null);
        try
        {
            return new LocalTokens(options, null, await OpenedData.OpenAsync(
                data, options.Certificates, TimeProvider.System, NullLoggerFactory.Instance, cancellationToken));
        }
        catch (StoreException e) when (e.Fault == StoreFault.InUse)
        {
            throw new CommandException(
                $"a controller has {data.Path} open but does not answer on {data.SocketPath}: it is starting, stopping or stuck; try again", e);
        }
    }

    /// <summary>Makes a token; the reply holds its text.</summary>
    public async Task<V1.CreateTokenReply> CreateAsync(V1.CreateTokenRequest request, CancellationToken cancellationToken)
    {
        var (order, fault) = TokenMessages.ToOrder(request);
        if (order is null)
            throw new UsageException(fault!);
        if (_channel is not null)
            return await AskAsync(Remote.CreateTokenAsync(request, deadline: Deadline, cancellationToken: cancellationToken));
        V1.Installation? place = null;
        if (request.Install)
            place = new InstallationSource(new ArtifactStore(_options), _opened!.Authority, _options).Describe(out fault) ?? throw new CommandException(fault!);
        var (token, text) = await Local.CreateAsync(order, "the controller's host", cancellationToken);
        return new V1.CreateTokenReply { Token = TokenMessages.ToMessage(token), Secret = text, Installation = place };
    }

    /// <summary>Lists tokens.</summary>
    public async Task<IReadOnlyList<V1.Token>> ListAsync(bool all, CancellationToken cancellationToken)
    {
        if (_channel is null)
            return [.. (await Local.ListAsync(all, cancellationToken)).Select(TokenMessages.ToMessage)];
        var request = new V1.ListTokensRequest { All = all };
        return (await AskAsync(Remote.ListTokensAsync(request, deadline: Deadline, cancellationToken: cancellationToken))).Tokens;
    }

    /// <summary>Revokes a token.</summary>
    public async Task RevokeAsync(string id, CancellationToken cancellationToken)
    {
        if (_channel is not null)
            await AskAsync(Remote.RevokeTokenAsync(new V1.RevokeTokenRequest { Id = id }, deadline: Deadline, cancellationToken: cancellationToken));
        else if (await Local.RevokeAsync(id, "the controller's host", cancellationToken) is null)
            throw new CommandException($"there is no token {id}: `fleet-controller token list --all` shows all");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        if (_opened is not null)
            await _opened.DisposeAsync();
    }

    private static async Task<T> AskAsync<T>(AsyncUnaryCall<T> call)
    {
        try
        {
            using (call)
                return await call;
        }
        catch (RpcException e)
        {
            throw new CommandException($"the controller refused: {e.Reason()} ({e.StatusCode})", e);
        }
    }
}
