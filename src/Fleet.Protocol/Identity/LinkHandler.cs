using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Fleet.Protocol.Identity;

/// <summary>Makes the HTTP handlers that all of Fleet's clients use: TLS 1.3, HTTP/2, the pinned root, bounded waits.</summary>
public static class LinkHandler
{
    /// <summary>How long connecting may take, the TLS handshake included.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);

    private const int WindowBytes = 128 * 1024;

    /// <summary>A handler that accepts only a controller of the pinned fleet.</summary>
    /// <param name="trust">The pinned root.</param>
    /// <param name="identity">The client certificate with its private key; null to connect without one.</param>
    /// <param name="proxy">The proxy to go through; null to connect by itself. Never one of the environment.</param>
    public static SocketsHttpHandler Pinned(PinnedTrust trust, X509Certificate2? identity, ProxyAddress? proxy = null) =>
        Create(trust.Validate, trust.Root, identity, proxy);

    /// <summary>
    /// A handler that accepts any server, for one purpose: asking for the trust roots, which the caller then checks
    /// against a fingerprint. Nothing secret goes through it.
    /// </summary>
    /// <param name="proxy">The proxy to go through; null to connect by itself.</param>
    [SuppressMessage("Security", "CA5359", Justification = "The answer is checked against a fingerprint; nothing secret is sent.")]
    public static SocketsHttpHandler Unverified(ProxyAddress? proxy = null) => Create((_, _, _, _) => true, null, null, proxy);

    /// <summary>
    /// Connects as the handler does by itself. That there is a callback keeps the gRPC library from connecting in its place: it would let
    /// calls fail for up to two minutes after a connection that did not come about, without trying another. Where there is a proxy, it is the
    /// proxy to which this connects; the handler asks that to lead on.
    /// </summary>
    public static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static SocketsHttpHandler Create(
        RemoteCertificateValidationCallback validate, X509Certificate2? root, X509Certificate2? identity, ProxyAddress? proxy) => new()
    {
        // Covers the proxy's part too.
        ConnectTimeout = ConnectTimeout,
        ConnectCallback = ConnectAsync,
        // A proxy set for browsers must not catch the link between two parts of Fleet.
        UseProxy = proxy is not null,
        Proxy = proxy is null ? null : new ExplicitProxy(proxy),
        UseCookies = false,
        AllowAutoRedirect = false,
        EnableMultipleHttp2Connections = false,
        InitialHttp2StreamWindowSize = WindowBytes,
        KeepAlivePingDelay = TimeSpan.FromSeconds(20),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        ActivityHeadersPropagator = null,
        SslOptions = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls13,
            RemoteCertificateValidationCallback = validate,
            CertificateChainPolicy = PinnedTrust.ChainPolicy(root),
            ClientCertificateContext = identity is null ? null : SslStreamCertificateContext.Create(identity, null, offline: true),
        },
    };
}
