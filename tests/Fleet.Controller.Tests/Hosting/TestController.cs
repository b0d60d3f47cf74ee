using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Controller.Access;
using Fleet.Controller.Artifacts;
using Fleet.Controller.Control;
using Fleet.Controller.Enrollment;
using Fleet.Controller.Hosting;
using Fleet.Controller.Identity;
using Fleet.Controller.Logging;
using Fleet.Hosting.Settings;
using Fleet.Protocol.Identity;
using Fleet.Protocol.Systemd;
using Fleet.Storage;
using Fleet.Tests;
using Google.Protobuf;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Hosting;

/// <summary>A controller of these rooms alone, on a loopback port with real TLS and a real store, with streams to be cut.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls IAsyncLifetime.DisposeAsync.")]
public sealed class TestController : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<IDisposable> _clients = [];
    private LiveSettings<ControllerOptions> _settings = SettingsOf(new ControllerOptions());
    private OpenedData? _opened;
    private ControllerHost? _host;

    internal ManualTime Time { get; } = new(TimeProvider.System.GetUtcNow());

    internal ControllerOptions Options => _settings.Options.Value;

    internal Action<ILoggingBuilder> Logging { get; init; } = _ => { };

    internal IFleetStore Store => _opened!.Store;

    internal CertificateAuthority Authority => _opened!.Authority;

    internal OpenedData Opened => _opened!;

    internal T Get<T>()
        where T : notnull => _host!.Services.GetRequiredService<T>();

    internal Uri Address => new($"https://{_host!.EndPoint}");

    public Task InitializeAsync() => StartAsync().WaitAsync(TimeLimit.Default);

    /// <summary>Changes the options; those that can be reloaded count at once.</summary>
    internal void Set(Func<ControllerOptions, ControllerOptions> change)
    {
        if (_host is null)
            _settings = SettingsOf(change(Options));
        else
            _settings.Fit(change);
    }

    /// <summary>Settings that nobody reads again.</summary>
    internal static LiveSettings<ControllerOptions> SettingsOf(ControllerOptions options)
    {
        var loaded = new LoadedSettings<ControllerOptions>(options, [], new Dictionary<string, string>());
        return new LiveSettings<ControllerOptions>(ControllerSettings.Table, loaded, () => loaded, new ServiceNotifier(null, null, TimeProvider.System), NullLogger.Instance);
    }

    private async Task StartAsync()
    {
        Set(o => o with { Data = _directory.New("data"), Listen = new IPEndPoint(IPAddress.Loopback, 0), ShutdownTimeout = TimeSpan.FromSeconds(2) });
        var data = new DataDirectory(Options.Data);
        FirstStart.CreateRoots(data, Time);
        _opened = await OpenedData.OpenAsync(data, _settings.Options.Select(o => o.Certificates), Time, NullLoggerFactory.Instance, CancellationToken.None);
        _host = await ControllerHost.CreateAsync(_settings, _opened, Time, Logging, AddFeatures, Map, CancellationToken.None);
        await _host.StartAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        foreach (var client in _clients)
            client.Dispose();
        await _host!.StopAsync(CancellationToken.None).WaitAsync(TimeLimit.Default);
        await _host.DisposeAsync();
        await _opened!.DisposeAsync();
        _directory.Dispose();
    }

    /// <summary>A channel as Fleet's clients open it, pinned to this fleet's root.</summary>
    internal GrpcChannel Connect(X509Certificate2? identity = null) => Connect(new PinnedTrust(Authority.Fleet.Certificate), identity);

    internal GrpcChannel Connect(PinnedTrust trust, X509Certificate2? identity = null)
    {
        var channel = GrpcChannel.ForAddress(
            Address, new GrpcChannelOptions { HttpHandler = LinkHandler.Pinned(trust, identity), DisposeHttpClient = true });
        _clients.Add(channel);
        return channel;
    }

    internal async Task<string> TokenAsync(TokenKind kind, OperatorRole? role = null, int uses = 1, bool allowReplace = false)
    {
        var order = new TokenOrder { Kind = kind, Role = role, Life = TimeSpan.FromHours(1), MaxUses = uses, AllowReplace = allowReplace };
        return (await Get<JoinTokens>().CreateAsync(order, "a test", CancellationToken.None).WaitAsync(TimeLimit.Default)).Text;
    }

    /// <summary>Joins as an agent over TLS.</summary>
    internal async Task<(V1.EnrollAgentReply Reply, X509Certificate2 Identity)> EnrollAgentAsync(string name)
    {
        using var key = SigningRequest.NewKey();
        var request = new V1.EnrollAgentRequest
        {
            Token = await TokenAsync(TokenKind.Agent),
            EnrollmentId = Guid.NewGuid().ToString("N"),
            Name = name,
            Csr = ByteString.CopyFrom(SigningRequest.Create(key, name)),
        };
        var reply = await new V1.Enrollment.EnrollmentClient(Connect()).EnrollAgentAsync(request).ResponseAsync.WaitAsync(TimeLimit.Default);
        return (reply, WithKey(reply.Chain, key));
    }

    /// <summary>Joins as an operator over TLS.</summary>
    internal async Task<(V1.EnrollOperatorReply Reply, X509Certificate2 Identity)> EnrollOperatorAsync(string name, OperatorRole role)
    {
        using var key = SigningRequest.NewKey();
        var request = new V1.EnrollOperatorRequest
        {
            Token = await TokenAsync(TokenKind.Operator, role),
            EnrollmentId = Guid.NewGuid().ToString("N"),
            Name = name,
            Csr = ByteString.CopyFrom(SigningRequest.Create(key, name)),
        };
        var reply = await new V1.Enrollment.EnrollmentClient(Connect()).EnrollOperatorAsync(request).ResponseAsync.WaitAsync(TimeLimit.Default);
        return (reply, WithKey(reply.Chain, key));
    }

    internal static X509Certificate2 WithKey(IEnumerable<ByteString> chain, ECDsa key)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(chain.First().ToByteArray());
        return certificate.CopyWithPrivateKey(key);
    }

    private static void AddFeatures(IServiceCollection services)
    {
        services.AddSingleton(new LogLevelControl(LogLevel.Information));
        services.AddIdentity().AddEnrollment().AddAccess().AddArtifacts().AddControl();
    }

    private static void Map(WebApplication app)
    {
        app.MapEnrollment();
        app.MapAccess();
        app.MapArtifacts();
        app.MapControl();
        app.MapGrpcService<WaitingJobs>();
        app.MapGrpcService<WaitingLink>();
    }
}
