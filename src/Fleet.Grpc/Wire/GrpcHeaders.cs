namespace Grpc.Wire;

/// <summary>The names of the headers and trailers of PROTOCOL-HTTP2.</summary>
internal static class GrpcHeaders
{
    public const string ContentType = "application/grpc";
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string Timeout = "grpc-timeout";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";

    /// <summary>A metadata entry that asks this library to compress what it sends; it never travels.</summary>
    public const string EncodingRequest = "grpc-internal-encoding-request";

    /// <summary>Whether a content type is gRPC's: <c>application/grpc</c> alone, with a suffix (<c>+proto</c>) or parameters.</summary>
    public static bool IsGrpcContentType(string? value) =>
        value is not null
        && value.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (value.Length == ContentType.Length || value[ContentType.Length] is '+' or ';' or ' ');

    /// <summary>Whether a header belongs to the protocol rather than to the application.</summary>
    public static bool IsReserved(string name) =>
        name.Length == 0
        || name[0] == ':'
        || name.ToLowerInvariant() is Status or Message or Timeout or EncodingRequest
            or "content-type" or "te" or "host" or "accept-encoding";
}
