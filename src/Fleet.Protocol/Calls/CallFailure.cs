using System.Security.Authentication;
using Google.Protobuf;
using Grpc.Core;

namespace Fleet.Protocol.Calls;

/// <summary>
/// What came of a call that failed, in words for people. The library describes a failure of the connection by the chain of exceptions that
/// led to it; here it is one sentence, and its status says whether the other end was reached.
/// </summary>
public static class CallFailure
{
    /// <summary>The status: what the other end said, or <see cref="StatusCode.Unavailable"/> where the connection failed.</summary>
    public static StatusCode Code(this RpcException failure) => failure.Status.DebugException switch
    {
        null => failure.StatusCode,
        // An IOException, which the library takes for one of the connection.
        var cause when Find<InvalidProtocolBufferException>(cause) is not null => StatusCode.Internal,
        var cause when IsOfConnection(cause) => StatusCode.Unavailable,
        _ => failure.StatusCode,
    };

    /// <summary>Why: what the other end said, or what was wrong with the connection.</summary>
    public static string Reason(this RpcException failure) => failure.Status.DebugException is { } cause ? Describe(cause, failure) : failure.Status.Detail;

    /// <summary>What was wrong with the proxy; null where it was not the proxy.</summary>
    public static ProxyException? ProxyFailure(this RpcException failure) => Find<ProxyException>(failure.Status.DebugException);

    /// <summary>What lies at the bottom of a failed connection, or what the other end said.</summary>
    public static string Cause(this RpcException failure) => failure.Status.DebugException?.GetBaseException().Message ?? failure.Status.Detail;

    /// <summary>Whether the other end said nothing: the connection did not come about in time, or nothing came over it any more.</summary>
    public static bool IsUnanswered(this RpcException failure) =>
        (Find<TimeoutException>(failure.Status.DebugException) is not null && failure.ProxyFailure() is null)
        || (failure.StatusCode == StatusCode.Cancelled && failure.Status.DebugException is OperationCanceledException);

    private static string Describe(Exception cause, RpcException failure)
    {
        if (failure.ProxyFailure() is { } proxy)
            return $"{proxy.Message}; {proxy.Hint}";
        if (Find<TimeoutException>(cause) is not null)
            return "no connection came about in time";
        var innermost = cause.GetBaseException().Message;
        if (Find<AuthenticationException>(cause) is not null)
            return $"TLS with the server failed: {innermost}";
        if (Find<HttpProtocolException>(cause) is { } protocol)
            return protocol.Message;
        return cause switch
        {
            InvalidProtocolBufferException or InvalidDataException => $"the answer cannot be read: {innermost}",
            HttpRequestException => $"the server cannot be reached: {innermost}",
            IOException => $"the connection broke: {innermost}",
            // The caller's own doing, which the status names.
            OperationCanceledException when failure.Status.Detail.Length > 0 => failure.Status.Detail,
            _ => innermost,
        };
    }

    // The handler reports a peer that answers no pings, and one that closes the connection, with the exception of a stream that was reset.
    // Only the words tell them apart; the resource keys that trimmed programs show in their place contain them too.
    private static bool IsOfConnection(Exception cause)
    {
        if (Find<HttpProtocolException>(cause) is not { } protocol)
            return Find<TimeoutException>(cause) is not null || Find<HttpRequestException>(cause) is not null || Find<IOException>(cause) is not null;
        return protocol.ErrorCode is not (EnhanceYourCalm or InadequateSecurity)
            && (protocol.Message.Contains("ping", StringComparison.OrdinalIgnoreCase) || protocol.Message.Contains("connection", StringComparison.OrdinalIgnoreCase));
    }

    // RFC 9113, section 7.
    private const long EnhanceYourCalm = 11;
    private const long InadequateSecurity = 12;

    internal static T? Find<T>(Exception? cause)
        where T : Exception
    {
        for (; cause is not null; cause = cause.InnerException)
        {
            if (cause is T found)
                return found;
        }

        return null;
    }
}
