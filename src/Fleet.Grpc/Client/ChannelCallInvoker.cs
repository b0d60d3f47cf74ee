using Grpc.Core;

namespace Grpc.Net.Client.Calls;

/// <summary>Starts calls over a channel.</summary>
internal sealed class ChannelCallInvoker(GrpcChannel channel) : CallInvoker
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        AsyncUnaryCall(method, host, options, request).GetAwaiter().GetResult();

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, host, options);
        call.Start(new SingleMessageContent<TRequest>(call, request));
        return new AsyncUnaryCall<TResponse>(call.SingleResponseAsync(), call);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, host, options);
        call.Start(new SingleMessageContent<TRequest>(call, request));
        return new AsyncServerStreamingCall<TResponse>(new ClientStreamReader<TRequest, TResponse>(call), call);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, host, options);
        var requests = StartStream(call);
        return new AsyncClientStreamingCall<TRequest, TResponse>(requests, call.SingleResponseAsync(), call);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, host, options);
        var requests = StartStream(call);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(requests, new ClientStreamReader<TRequest, TResponse>(call), call);
    }

    private static ClientStreamWriter<TRequest, TResponse> StartStream<TRequest, TResponse>(ClientCall<TRequest, TResponse> call)
        where TRequest : class
        where TResponse : class
    {
        var content = new MessageStreamContent();
        call.Start(content);
        return new ClientStreamWriter<TRequest, TResponse>(call, content);
    }
}
