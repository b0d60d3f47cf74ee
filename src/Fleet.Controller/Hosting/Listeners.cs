using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Fleet.Controller.Admission;
using Fleet.Controller.Identity;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Fleet.Controller.Hosting;

/// <summary>Where the controller listens: one TLS port for agents and operators, and a socket for local commands.</summary>
internal static class Listeners
{
    private const int WindowBytes = 128 * 1024;
    private const int StreamWindowBytes = 64 * 1024;
    private const int StreamsPerConnection = 64;

    /// <summary>Sets Kestrel up.</summary>
    public static void Configure(KestrelServerOptions kestrel, ControllerOptions options, DataDirectory data)
    {
        SetLimits(kestrel);
        kestrel.Listen(options.Listen, endpoint => ConfigureTls(endpoint, options));
        kestrel.ListenUnixSocket(data.SocketPath, endpoint =>
        {
            endpoint.Protocols = HttpProtocols.Http2;
            endpoint.Use(LocalCaller.Identify);
        });
    }

    // How many connections there may be is not Kestrel's to say, which closes those beyond: see ConnectionTable.
    private static void SetLimits(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowResponseHeaderCompression = true;
        var limits = kestrel.Limits;
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        // A connection without a call: somebody who has finished, or never meant to call.
        limits.KeepAliveTimeout = TimeSpan.FromMinutes(1);
        // Kestrel would end an idle stream after 5 s. The agents' silence limit and the pings below take this place; the rate
        // of request bodies is lifted by gRPC for streams alone.
        limits.MinResponseDataRate = null;
        // The default windows of 768 KB and 1 MB would let 10,000 peers fill 10 GB of ours.
        limits.Http2.InitialConnectionWindowSize = WindowBytes;
        limits.Http2.InitialStreamWindowSize = StreamWindowBytes;
        limits.Http2.MaxStreamsPerConnection = StreamsPerConnection;
        // Tables for header compression are allocated whole for each connection; an agent makes one call in its life.
        limits.Http2.HeaderTableSize = 1024;
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(20);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
    }

    // The order is the path of a connection: admission, handshake, its share by who it is, HTTP. gRPC takes HTTP/2 alone; HTTP/1.1 is for
    // the curl or wget of hosts that get their agent from here.
    private static void ConfigureTls(ListenOptions endpoint, ControllerOptions options)
    {
        var services = endpoint.ApplicationServices;
        var certificate = services.GetRequiredService<ServerCertificate>();
        var judge = services.GetRequiredService<ClientCertificateValidator>();
        var policy = judge.CreateChainPolicy();
        endpoint.Protocols = HttpProtocols.Http1AndHttp2;
        var admission = services.GetRequiredService<ConnectionAdmission>();
        endpoint.Use(admission.Before);
        endpoint.UseHttps(new TlsHandshakeCallbackOptions
        {
            HandshakeTimeout = options.Handshakes.Timeout,
            OnConnection = tls => ValueTask.FromResult(TlsOptions(tls.Connection, certificate, judge, policy)),
        });
        endpoint.Use(admission.After);
    }

    [SuppressMessage("Security", "CA5359", Justification = "The judge decides; whom it refuses is anonymous and told why by the first call.")]
    private static SslServerAuthenticationOptions TlsOptions(
        BaseConnectionContext connection, ServerCertificate certificate, ClientCertificateValidator judge, X509ChainPolicy policy) => new()
    {
        ServerCertificateContext = certificate.Current,
        EnabledSslProtocols = SslProtocols.Tls13,
        ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        // Asked for; whoever has none is nobody, and reaches the enrollment.
        ClientCertificateRequired = true,
        CertificateChainPolicy = policy,
        RemoteCertificateValidationCallback = (_, shown, chain, _) =>
        {
            connection.Features.Set(new ConnectionCaller(judge.Judge(shown as X509Certificate2, chain)));
            return true;
        },
    };
}
