using System.Net;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client.Calls;

/// <summary>Builds a call's request without its body.</summary>
internal static class RequestHead
{
    private static readonly string UserAgent =
        $"grpc-fleet/{typeof(RequestHead).Assembly.GetName().Version?.ToString(3)} (.NET {Environment.Version})";

    public static HttpRequestMessage Create(
        Uri address, IMethod method, string? host, Metadata? metadata, TimeSpan? timeout, bool compress)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, method.FullName))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var headers = request.Headers;
        headers.TryAddWithoutValidation("te", "trailers");
        headers.TryAddWithoutValidation(GrpcHeaders.AcceptEncoding, MessageEncodings.Accepted);
        if (timeout is { } left)
            headers.TryAddWithoutValidation(GrpcHeaders.Timeout, GrpcTimeout.Encode(left));

        if (compress)
            headers.TryAddWithoutValidation(GrpcHeaders.Encoding, MessageEncodings.Gzip);

        if (host is not null)
            headers.Host = host;

        foreach (var entry in metadata ?? Metadata.Empty)
        {
            if (GrpcHeaders.IsReserved(entry.Key))
                continue;

            if (entry.IsBinary)
                headers.TryAddWithoutValidation(entry.Key, BinaryHeader.Encode(entry.RawBytes));
            else
                headers.TryAddWithoutValidation(entry.Key, RequireAscii(entry));
        }

        if (!headers.Contains("user-agent"))
            headers.TryAddWithoutValidation("user-agent", UserAgent);

        return request;
    }

    // Refused here by name; further down it would be an anonymous protocol error, or a header injected by a line break.
    private static string RequireAscii(Metadata.Entry entry) =>
        entry.Value.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? throw new RpcException(new Status(
                StatusCode.Internal, $"The value of '{entry.Key}' is not printable ASCII; use a name that ends in '-bin' for bytes."))
            : entry.Value;
}
