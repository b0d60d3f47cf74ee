using Grpc.AspNetCore.Server.Calls;
using Microsoft.AspNetCore.Http;

namespace Grpc.Core;

/// <summary>From gRPC's view of a call to ASP.NET Core's.</summary>
public static class ServerCallContextExtensions
{
    // The key under which grpc-dotnet's users hand an HttpContext to a fake call context.
    private const string HttpContextKey = "__HttpContext";

    /// <summary>The call's <see cref="HttpContext" />.</summary>
    public static HttpContext GetHttpContext(this ServerCallContext serverCallContext)
    {
        ArgumentNullException.ThrowIfNull(serverCallContext);
        if (serverCallContext is ServerCall call)
            return call.Http;

        return serverCallContext.UserState.TryGetValue(HttpContextKey, out var http) && http is HttpContext found
            ? found
            : throw new InvalidOperationException("This call context was not made by the server and has no HttpContext.");
    }
}
