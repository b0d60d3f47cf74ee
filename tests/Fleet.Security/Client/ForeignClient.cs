using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;

namespace Fleet.Security.Client;

/// <summary>A gRPC client that shares nothing with Fleet's: HTTP/2, five bytes of frame, trailers. It trusts whatever server answers.</summary>
internal sealed class ForeignClient : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_openAfter = TimeSpan.FromSeconds(1);

    /// <param name="address">host:port.</param>
    /// <param name="certificate">With its key; null: none is shown.</param>
    /// <param name="issuers">Sent along behind it.</param>
    [SuppressMessage("Security", "CA5359", Justification = "An attacker does not care whom he talks to.")]
    public ForeignClient(string address, X509Certificate2? certificate = null, X509Certificate2Collection? issuers = null)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectTimeout = s_limit,
            ActivityHeadersPropagator = null,
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls13,
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
                ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, issuers, offline: true),
            },
        };
        Http = new HttpClient(handler)
        {
            BaseAddress = new Uri($"https://{address}"),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = s_limit,
        };
    }

    /// <summary>For plain requests.</summary>
    public HttpClient Http { get; }

    /// <summary>Calls a method of any kind with these messages, and reads until it ends, or has been open for a while without ending.</summary>
    public Task<Answer> CallAsync(string method, params IMessage[] messages) => CallRawAsync(method, messages.SelectMany(Frames.Of).ToArray());

    /// <summary>Calls a method with bytes that need be no messages.</summary>
    public async Task<Answer> CallRawAsync(string method, byte[] body)
    {
        using var request = Request(method, new ByteArrayContent(body));
        using var open = new CancellationTokenSource();
        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var messages = new List<byte[]>();
        if (StatusOf(response.Headers) is null)
        {
            await using var stream = await response.Content.ReadAsStreamAsync();
            open.CancelAfter(s_openAfter);
            try
            {
                while (await Frames.ReadAsync(stream, open.Token) is { } message)
                    messages.Add(message);
            }
            catch (OperationCanceledException)
            {
                return new Answer((int)response.StatusCode, null, "", messages);
            }
        }

        var (status, detail) = EndOf(response);
        return new Answer((int)response.StatusCode, status, detail, messages);
    }

    /// <summary>A request for a method.</summary>
    public static HttpRequestMessage Request(string method, HttpContent content)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, method)
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = content,
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        return request;
    }

    /// <summary>Status and message of a response whose content was read to its end.</summary>
    public static (int? Status, string Detail) EndOf(HttpResponseMessage response)
    {
        var headers = StatusOf(response.TrailingHeaders) is null ? (HttpHeaders)response.Headers : response.TrailingHeaders;
        var detail = headers.TryGetValues("grpc-message", out var messages) ? Uri.UnescapeDataString(string.Concat(messages)) : "";
        return (StatusOf(headers), detail);
    }

    public void Dispose() => Http.Dispose();

    private static int? StatusOf(HttpHeaders headers) =>
        headers.TryGetValues("grpc-status", out var values) && int.TryParse(values.First(), out var status) ? status : null;
}
