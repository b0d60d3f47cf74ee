using Grpc.Core;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Many requests, one response.</summary>
internal sealed class ClientStreamingHandler<TRequest, TResponse>(
    Method<TRequest, TResponse> method, CallSettings settings, ClientStreamingServerMethod<TRequest, TResponse> handler)
    : CallHandler(method, settings)
    where TRequest : class
    where TResponse : class
{
    protected override async Task InvokeAsync(ServerCall call)
    {
        var response = await handler(new ServerStreamReader<TRequest>(call.Requests, method.RequestMarshaller), call);
        call.Responses.WriteLast(response, method.ResponseMarshaller.ContextualSerializer);
    }
}
