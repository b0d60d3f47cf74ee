using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Puts interceptors before a handler, once for each method; each call gets interceptors of its own.</summary>
internal static class InterceptorPipeline
{
    public static UnaryServerMethod<TRequest, TResponse> Wrap<TRequest, TResponse>(
        IEnumerable<InterceptorRegistration> interceptors, UnaryServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class => interceptors.Reverse().Aggregate(
            handler, (next, registration) => (request, context) => Get(registration, context).UnaryServerHandler(request, context, next));

    public static ClientStreamingServerMethod<TRequest, TResponse> Wrap<TRequest, TResponse>(
        IEnumerable<InterceptorRegistration> interceptors, ClientStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class => interceptors.Reverse().Aggregate(
            handler,
            (next, registration) => (requests, context) => Get(registration, context).ClientStreamingServerHandler(requests, context, next));

    public static ServerStreamingServerMethod<TRequest, TResponse> Wrap<TRequest, TResponse>(
        IEnumerable<InterceptorRegistration> interceptors, ServerStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class => interceptors.Reverse().Aggregate(
            handler,
            (next, registration) => (request, responses, context) =>
                Get(registration, context).ServerStreamingServerHandler(request, responses, context, next));

    public static DuplexStreamingServerMethod<TRequest, TResponse> Wrap<TRequest, TResponse>(
        IEnumerable<InterceptorRegistration> interceptors, DuplexStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class => interceptors.Reverse().Aggregate(
            handler,
            (next, registration) => (requests, responses, context) =>
                Get(registration, context).DuplexStreamingServerHandler(requests, responses, context, next));

    private static Interceptor Get(InterceptorRegistration registration, ServerCallContext context)
    {
        var http = context.GetHttpContext();
        var (interceptor, isOwned) = registration.Get(http.RequestServices);
        if (isOwned && interceptor is IAsyncDisposable asynchronous)
            http.Response.RegisterForDisposeAsync(asynchronous);
        else if (isOwned && interceptor is IDisposable disposable)
            http.Response.RegisterForDispose(disposable);

        return interceptor;
    }
}
