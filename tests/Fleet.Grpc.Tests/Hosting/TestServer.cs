using System.Net;
using System.Net.Security;
using Grpc.AspNetCore.Server;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fleet.Grpc.Tests.Hosting;

/// <summary>A Kestrel on a free loopback port, with whatever services a test maps.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Transport _transport;

    private TestServer(WebApplication app, Transport transport)
    {
        _app = app;
        _transport = transport;
        Port = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
    }

    public int Port { get; }

    public Uri Address => new($"{(_transport == Transport.Tls ? "https" : "http")}://localhost:{Port}");

    public IServiceProvider Services => _app.Services;

    public static async Task<TestServer> StartAsync(
        Transport transport,
        Action<WebApplication> map,
        Action<GrpcServiceOptions>? configure = null,
        Action<IServiceCollection>? register = null,
        Action<KestrelServerOptions>? kestrel = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            kestrel?.Invoke(options);
            options.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                if (transport == Transport.Tls)
                    listen.UseHttps(TestCertificate.Instance);
            });
        });
        builder.Services.AddGrpc(options => configure?.Invoke(options));
        register?.Invoke(builder.Services);
        var app = builder.Build();
        map(app);
        await app.StartAsync().WaitAsync(Limits.Step);
        return new TestServer(app, transport);
    }

    public static HttpMessageHandler CreateHandler() => new SocketsHttpHandler
    {
        EnableMultipleHttp2Connections = true,
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, _, _) => TestCertificate.Instance.Equals(certificate),
        },
    };

    public GrpcChannel CreateChannel(Action<GrpcChannelOptions>? configure = null)
    {
        var options = new GrpcChannelOptions { HttpHandler = CreateHandler(), DisposeHttpClient = true };
        configure?.Invoke(options);
        return GrpcChannel.ForAddress(Address, options);
    }

    public static HttpMessageInvoker CreateRawClient() => new(CreateHandler());

    public async ValueTask DisposeAsync()
    {
        using var hurry = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(hurry.Token).WaitAsync(Limits.Step);
        await _app.DisposeAsync();
    }
}
