using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using Fleet.Controller.Tests.Hosting;
using Fleet.Protocol.Identity;

namespace Fleet.Controller.Tests.Wire;

/// <summary>What came back for a request that no gRPC client would send.</summary>
internal sealed record RawReply(HttpStatusCode Http, int? Status, string? Message, HttpResponseMessage Response);

/// <summary>Requests made of bytes, to say what a well-behaved client cannot.</summary>
internal static class RawCall
{
    public const string Trust = "fleet.v1.Enrollment/GetTrust";
    public const string Put = "fleet.v1.Artifacts/PutArtifact";
    public const string Watch = "fleet.v1.Jobs/WatchJob";

    public static HttpMessageInvoker Client(TestController controller, X509Certificate2? identity = null) =>
        new(LinkHandler.Pinned(new PinnedTrust(controller.Authority.Fleet.Certificate), identity));

    public static HttpRequestMessage Request(TestController controller, string path, HttpContent? content, string? contentType = "application/grpc")
    {
        var request = new HttpRequestMessage(content is null ? HttpMethod.Get : HttpMethod.Post, new Uri(controller.Address, path))
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = content,
        };
        if (content is not null && contentType is not null)
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return request;
    }

    public static async Task<RawReply> PostAsync(
        this HttpMessageInvoker client, TestController controller, string path, byte[] body, string? contentType = "application/grpc",
        params (string Name, string Value)[] headers)
    {
        using var request = Request(controller, path, new ByteArrayContent(body), contentType);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var limit = new CancellationTokenSource(TimeLimit.Default);
        var response = await client.SendAsync(request, limit.Token);
        await response.Content.ReadAsByteArrayAsync(limit.Token);
        var status = First(response, "grpc-status");
        return new RawReply(response.StatusCode, status is null ? null : int.Parse(status, CultureInfo.InvariantCulture), First(response, "grpc-message"), response);
    }

    public static byte[] Frame(byte[] message, byte flag = 0, uint? length = null)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), length ?? (uint)message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    private static string? First(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var trailers) ? trailers.First()
        : response.Headers.TryGetValues(name, out var headers) ? headers.First()
        : null;
}
