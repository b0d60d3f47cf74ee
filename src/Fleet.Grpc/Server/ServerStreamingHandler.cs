using Grpc.Core;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>One request, many responses.</summary>
internal sealed class ServerStreamingHandler<TRequest, TResponse>(
    Method<TRequest, TResponse> method, CallSettings settings, ServerStreamingServerMethod<TRequest, TResponse> handler)
    : CallHandler(method, settings)
    where TRequest : class
    where TResponse : class
{
    protected override async Task InvokeAsync(ServerCall call)
    {
        var request = await call.Requests.ReadOnlyMessageAsync(method.RequestMarshaller.ContextualDeserializer);
        await handler(request, new ServerStreamWriter<TResponse>(call.Responses, method.ResponseMarshaller), call);
    }
}
