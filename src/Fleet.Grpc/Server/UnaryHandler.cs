using Grpc.Core;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>One request, one response.</summary>
internal sealed class UnaryHandler<TRequest, TResponse>(
    Method<TRequest, TResponse> method, CallSettings settings, UnaryServerMethod<TRequest, TResponse> handler)
    : CallHandler(method, settings)
    where TRequest : class
    where TResponse : class
{
    protected override async Task InvokeAsync(ServerCall call)
    {
        var request = await call.Requests.ReadOnlyMessageAsync(method.RequestMarshaller.ContextualDeserializer);
        var response = await handler(request, call);
        call.Responses.WriteLast(response, method.ResponseMarshaller.ContextualSerializer);
    }
}
