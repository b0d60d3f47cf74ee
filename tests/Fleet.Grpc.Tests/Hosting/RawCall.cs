using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Fleet.Grpc.Tests.Hosting;

/// <summary>What came back for a request that no gRPC client would send.</summary>
internal sealed record RawReply(HttpStatusCode Http, int? GrpcStatus, string? Message, HttpResponseMessage Response);

/// <summary>Requests made of bytes, to say what a well-behaved client cannot.</summary>
internal static class RawCall
{
    public const string Unary = "grpc.testing.TestService/UnaryCall";
    public const string Duplex = "grpc.testing.TestService/FullDuplexCall";

    public static async Task<RawReply> PostAsync(
        TestServer server,
        string path,
        byte[] body,
        string? contentType = "application/grpc",
        HttpMethod? method = null,
        Version? version = null,
        params (string Name, string Value)[] headers)
    {
        using var client = TestServer.CreateRawClient();
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, new Uri(server.Address, path))
        {
            Version = version ?? HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (request.Method != HttpMethod.Get)
            request.Content = new ByteArrayContent(body);

        if (contentType is not null && request.Content is not null)
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);

        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);

        using var limit = new CancellationTokenSource(Limits.Step);
        var response = await client.SendAsync(request, limit.Token);
        await response.Content.ReadAsByteArrayAsync(limit.Token);
        var code = First(response, "grpc-status");
        return new RawReply(
            response.StatusCode,
            code is null ? null : int.Parse(code, CultureInfo.InvariantCulture),
            First(response, "grpc-message"),
            response);
    }

    public static byte[] Frame(byte[] payload, byte flag = 0, uint? length = null)
    {
        var frame = new byte[5 + payload.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), length ?? (uint)payload.Length);
        payload.CopyTo(frame, 5);
        return frame;
    }

    public static string? First(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var trailers) ? trailers.First()
        : response.Headers.TryGetValues(name, out var headers) ? headers.First()
        : null;
}
