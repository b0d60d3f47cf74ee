using System.Globalization;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>What happens to a request before it is a call.</summary>
internal static class RequestGate
{
    /// <summary>Answers requests that are no gRPC calls with an HTTP error, as PROTOCOL-HTTP2 demands.</summary>
    public static bool Refuses(HttpContext http, ILogger logger)
    {
        if (!HttpProtocol.IsHttp2(http.Request.Protocol) && !HttpProtocol.IsHttp3(http.Request.Protocol))
            return Refuse(http, logger, StatusCodes.Status426UpgradeRequired, $"gRPC needs HTTP/2, not {http.Request.Protocol}.");

        if (!GrpcHeaders.IsGrpcContentType(http.Request.ContentType))
        {
            return Refuse(
                http, logger, StatusCodes.Status415UnsupportedMediaType, $"Content type '{http.Request.ContentType}' is not application/grpc.");
        }

        return false;
    }

    /// <summary>
    /// Lifts Kestrel's limits on bodies that grow for months and are silent for hours. A body's total size bounds no memory:
    /// messages have their own limit. Kestrel offers the response rate per stream to HTTP/1 only; for HTTP/2 the application
    /// sets <c>KestrelServerLimits.MinResponseDataRate</c>.
    /// </summary>
    public static void LiftLimits(HttpContext http, MethodType type)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;

        if (type is MethodType.ClientStreaming or MethodType.DuplexStreaming
            && http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } requestRate)
            requestRate.MinDataRate = null;

        if (type is MethodType.ServerStreaming or MethodType.DuplexStreaming
            && http.Features.Get<IHttpMinResponseDataRateFeature>() is { } responseRate)
            responseRate.MinDataRate = null;
    }

    private static bool Refuse(HttpContext http, ILogger logger, int httpStatus, string detail)
    {
        ServerLog.RequestRefused(logger, http.Request.Path, httpStatus, detail);
        http.Response.StatusCode = httpStatus;
        if (httpStatus == StatusCodes.Status426UpgradeRequired)
            http.Response.Headers.Upgrade = "h2";

        http.Response.Headers[GrpcHeaders.Status] = ((int)StatusCode.Internal).ToString(CultureInfo.InvariantCulture);
        http.Response.Headers[GrpcHeaders.Message] = PercentEncoding.Encode(detail);
        return true;
    }
}
