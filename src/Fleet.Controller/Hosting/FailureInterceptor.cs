using Fleet.Controller.Logging;
using Fleet.Storage;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Fleet.Controller.Hosting;

/// <summary>
/// The outermost step of each call, and the one place where a failure becomes a status: the caller learns what to tell its operator, not
/// the file's path or a type's name. gRPC's own lines about calls are about what peers sent then.
/// </summary>
internal sealed partial class FailureInterceptor(PeerLines lines, ILogger<FailureInterceptor> logger) : Interceptor
{
    /// <inheritdoc/>
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        TranslateAsync(context, continuation(request, context));

    /// <inheritdoc/>
    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        TranslateAsync(context, continuation(new RequestMessages<TRequest>(requestStream), context));

    /// <inheritdoc/>
    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        TranslateAsync(context, WithResultAsync(continuation(request, new ResponseMessages<TResponse>(responseStream), context)));

    /// <inheritdoc/>
    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        TranslateAsync(
            context,
            WithResultAsync(continuation(new RequestMessages<TRequest>(requestStream), new ResponseMessages<TResponse>(responseStream), context)));

    private static async Task<bool> WithResultAsync(Task task)
    {
        await task;
        return true;
    }

    private async Task<T> TranslateAsync<T>(ServerCallContext context, Task<T> call)
    {
        try
        {
            return await call;
        }
        catch (StoreException e)
        {
            if (lines.Admits(context.Method, "the store failed", e.Message))
                LogStoreFailed(e, context.Method, e.Fault);
            throw new RpcException(e.Fault switch
            {
                StoreFault.DiskFull => new Status(StatusCode.ResourceExhausted, "the controller's disk is full: nothing was stored"),
                StoreFault.Closed => new Status(StatusCode.Unavailable, "the controller is shutting down"),
                StoreFault.Locked => new Status(StatusCode.Unavailable, "the controller's store is busy: try again"),
                _ => new Status(StatusCode.Internal, "the controller's store failed: its log says why"),
            });
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidOperationException && context.CancellationToken.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Cancelled, "the call was cancelled"));
        }
        catch (Exception e) when (e is not RpcException)
        {
            if (lines.Admits(context.Method, "failed", e.Message))
                LogFailed(e, context.Method);
            throw new RpcException(new Status(StatusCode.Internal, "the controller failed: its log says how"));
        }
    }

    [LoggerMessage(3310, LogLevel.Error, "The store failed during {Method} ({Error})")]
    private partial void LogStoreFailed(Exception failure, string method, StoreFault error);

    [LoggerMessage(3311, LogLevel.Error, "{Method} failed")]
    private partial void LogFailed(Exception failure, string method);
}
