using Fleet.Controller.Identity;
using Fleet.Protocol.Identity;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Fleet.Controller.Access;

/// <summary>Stands before every method: admits by <see cref="AccessTable"/>, and ends streams whose caller is revoked meanwhile.</summary>
internal sealed partial class AccessInterceptor(IHostApplicationLifetime lifetime, TimeProvider time, RefusalLog refusals, CallLimit calls, ILogger<AccessInterceptor> logger)
    : Interceptor
{
    /// <inheritdoc/>
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        Admit(context);
        return await continuation(request, context);
    }

    /// <inheritdoc/>
    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        using var stream = Guard(context);
        return await stream.RunAsync(guarded => continuation(requestStream, guarded));
    }

    /// <inheritdoc/>
    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        using var stream = Guard(context);
        await stream.RunAsync(async guarded =>
        {
            await continuation(request, responseStream, guarded);
            return true;
        });
    }

    /// <inheritdoc/>
    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        using var stream = Guard(context);
        await stream.RunAsync(async guarded =>
        {
            await continuation(requestStream, responseStream, guarded);
            return true;
        });
    }

    private GuardedStream Guard(ServerCallContext context) =>
        new(context, Admit(context), time, lifetime.ApplicationStopping);

    private CallerIdentity Admit(ServerCallContext context)
    {
        var caller = context.GetCaller();
        var rule = AccessTable.Find(context.Method);
        if (rule is not null && rule.Admits(caller))
        {
            if (!calls.TryEnter(caller, context.GetHttpContext(), out var most))
                throw TooManyCalls(context, caller, most);
            if (rule.IsAudited)
                LogCalled(caller, context.Method);
            return caller;
        }

        var refusal = Refuse(caller, rule, context.Method);
        refusals.Note(caller, context.Peer, context.Method, refusal.Detail);
        throw new RpcException(refusal, TrailersOf(caller));
    }

    private static Metadata TrailersOf(CallerIdentity caller) =>
        caller is CallerIdentity.Anonymous { Refusal: { } refusal } ? new Metadata { { IdentityRefusal.Trailer, refusal } } : Metadata.Empty;

    private RpcException TooManyCalls(ServerCallContext context, CallerIdentity caller, int most)
    {
        var refusal = new Status(StatusCode.ResourceExhausted, $"{most} calls of {caller} are in progress, which is the most at once: wait until one has ended");
        refusals.Note(caller, context.Peer, context.Method, refusal.Detail);
        return new RpcException(refusal);
    }

    private static Status Refuse(CallerIdentity caller, AccessRule? rule, string method) => (caller, rule) switch
    {
        (_, null) => new Status(StatusCode.PermissionDenied, $"{method} is not open to any role"),
        (CallerIdentity.Anonymous nobody, _) => new Status(StatusCode.Unauthenticated, nobody.Reason),
        (CallerIdentity.Operator person, _) => new Status(
            StatusCode.PermissionDenied,
            $"this needs {rule.Describe()}; {person.Name} has the role {OperatorRoleText.Write(person.Role)}"),
        _ => new Status(StatusCode.PermissionDenied, $"this needs {rule.Describe()}; the caller is {caller}"),
    };

    [LoggerMessage(3200, LogLevel.Information, "{Caller} calls {Method}")]
    private partial void LogCalled(CallerIdentity caller, string method);
}
