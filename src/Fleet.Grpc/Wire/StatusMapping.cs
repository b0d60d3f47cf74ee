using System.Globalization;
using System.Net;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>What the lower layers' errors mean as a status.</summary>
internal static class StatusMapping
{
    /// <summary>For answers that did not come from a gRPC server (http-grpc-status-mapping).</summary>
    public static StatusCode FromHttp(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
            or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    /// <summary>For HTTP/2 error codes (RFC 9113, section 7) of RST_STREAM and GOAWAY, after PROTOCOL-HTTP2's table.</summary>
    public static StatusCode FromHttp2Error(long error) => error switch
    {
        7 => StatusCode.Unavailable, // REFUSED_STREAM
        8 => StatusCode.Cancelled, // CANCEL
        11 => StatusCode.ResourceExhausted, // ENHANCE_YOUR_CALM
        12 => StatusCode.PermissionDenied, // INADEQUATE_SECURITY
        5 => StatusCode.Unknown, // STREAM_CLOSED has no mapping
        _ => StatusCode.Internal,
    };

    /// <summary>Reads <c>grpc-status</c>; numbers of a later version of the protocol count as unknown.</summary>
    public static StatusCode Parse(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code <= (int)StatusCode.Unauthenticated
            ? (StatusCode)code
            : StatusCode.Unknown;
}
