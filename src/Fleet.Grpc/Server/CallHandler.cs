using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Takes a request through its life as a call; its heirs know how many messages go each way.</summary>
internal abstract class CallHandler(IMethod method, CallSettings settings)
{
    public async Task HandleAsync(HttpContext http)
    {
        // 1. Is it a call at all?
        if (RequestGate.Refuses(http, settings.Logger))
            return;

        RequestGate.LiftLimits(http, method.Type);

        // 2. Read its head: encoding and deadline.
        using var call = new ServerCall(http, method, settings);
        if (!call.TryBegin())
            return;

        // 3. Run the handler to its end, which may come after the call's.
        var work = RunAsync(call);
        if (call.DeadlinePassed is { } passed && await Task.WhenAny(work, passed) == passed)
            await call.EndByDeadlineAsync();

        await work;
    }

    protected abstract Task InvokeAsync(ServerCall call);

    private async Task RunAsync(ServerCall call)
    {
        Status status;
        try
        {
            await InvokeAsync(call);
            status = call.Status;
        }
        catch (Exception failure)
        {
            status = StatusOf(failure, call);
        }

        call.End(status);
    }

    // The one place where a handler's exception becomes a status.
    private Status StatusOf(Exception failure, ServerCall call)
    {
        if (failure is RpcException rpc)
        {
            foreach (var trailer in rpc.Trailers)
                call.ResponseTrailers.Add(trailer);

            return rpc.Status;
        }

        if (call.IsDeadlinePassed)
            return ServerCall.DeadlineStatus;

        if (call.CancellationToken.IsCancellationRequested || failure is RequestAbortedException)
            return new Status(StatusCode.Cancelled, "The call was cancelled.");

        ServerLog.HandlerThrew(settings.Logger, failure, method.FullName);
        return new Status(
            StatusCode.Unknown,
            settings.Options.EnableDetailedErrors == true
                ? $"The handler threw {failure.GetType().Name}: {failure.Message}"
                : "The handler threw an exception.");
    }
}
