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
                    return new Status(
                        StatusMapping.FromHttp2Error(protocol.ErrorCode),
                        $"The server reset the stream: HTTP/2 error 0x{protocol.ErrorCode:x}.",
                        failure);
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

    private static string Innermost(Exception failure) => failure.GetBaseException().Message;
}
