using System.Security.Authentication;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client.Calls;

/// <summary>The one place where a local exception becomes a call's status.</summary>
internal static class FailureMapping
{
    public static Status StatusOf(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case RpcException rpc:
                    return rpc.Status;
                case HttpProtocolException protocol:
                    return new Status(CodeOf(protocol), protocol.Message, failure);
                case AuthenticationException:
                    return new Status(StatusCode.Unavailable, $"TLS with the server failed: {Innermost(cause)}", failure);
            }
        }

        return failure switch
        {
            HttpRequestException => new Status(StatusCode.Unavailable, $"The server cannot be reached: {Innermost(failure)}", failure),
            IOException => new Status(StatusCode.Unavailable, $"The connection broke: {Innermost(failure)}", failure),
            OperationCanceledException => new Status(StatusCode.Cancelled, "The call was cancelled.", failure),
            _ => new Status(StatusCode.Internal, $"The call could not be made: {failure.Message}", failure),
        };
    }

    // The handler reports a peer that answers no pings, and one that closes the connection, with the exception of a stream
    // reset. Only the words tell them apart; the resource keys that trimmed programs show in their place contain them too.
    private static StatusCode CodeOf(HttpProtocolException failure)
    {
        var isOfConnection = failure.Message.Contains("ping", StringComparison.OrdinalIgnoreCase)
            || failure.Message.Contains("connection", StringComparison.OrdinalIgnoreCase);
        var code = StatusMapping.FromHttp2Error(failure.ErrorCode);
        return isOfConnection && code is not (StatusCode.ResourceExhausted or StatusCode.PermissionDenied) ? StatusCode.Unavailable : code;
    }

    private static string Innermost(Exception failure) => failure.GetBaseException().Message;
}
