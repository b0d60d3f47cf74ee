using Grpc.Core;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Many messages both ways.</summary>
internal sealed class DuplexStreamingHandler<TRequest, TResponse>(
    Method<TRequest, TResponse> method, CallSettings settings, DuplexStreamingServerMethod<TRequest, TResponse> handler)
    : CallHandler(method, settings)
    where TRequest : class
    where TResponse : class
{
    protected override Task InvokeAsync(ServerCall call) => handler(
        new ServerStreamReader<TRequest>(call.Requests, method.RequestMarshaller),
        new ServerStreamWriter<TResponse>(call.Responses, method.ResponseMarshaller),
        call);
}
