using System.Net;
using Fleet.Controller.Admission;
using Fleet.Controller.Agents;
using Fleet.Controller.Alerts;
using Fleet.Controller.Dispatch;
using Fleet.Controller.Hits;
using Fleet.Controller.Hosting;
using Fleet.Controller.Identity;
using Fleet.Controller.Jobs;
using Fleet.Controller.Link;
using Fleet.Controller.Logging;
using Fleet.Controller.Notifications;
using Fleet.Controller.Registry;
using Fleet.Controller.Scans;
using Fleet.Controller.Tailing;
using Fleet.Controller.Tests.Dispatch;
using Fleet.Hosting.Settings;
using Fleet.Protocol.Identifiers;
using Fleet.Storage;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fleet.Controller.Tests.Link;

/// <summary>
/// The rooms of link, dispatch and operators' API behind a real Kestrel, without TLS: who calls stands in a header. A store of its own.
/// </summary>
internal sealed class TestController : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private const string CallerHeader = "test-caller";
    private readonly TestStore _store;
    private readonly TimeProvider _time;
    private readonly LinkOptions _link;
    private readonly AgentsOptions _agents;
    private WebApplication _app;

    private TestController(TestStore store, TimeProvider time, LinkOptions link, AgentsOptions agents, WebApplication app)
    {
        _store = store;
        _time = time;
        _link = link;
        _agents = agents;
        _app = app;
    }

    public IServiceProvider Services => _app.Services;

    public AgentRegistry Registry => Services.GetRequiredService<AgentRegistry>();

    public IFleetStore Store => _store.Store;

    private Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static async Task<TestController> StartAsync(
        TimeProvider? time = null, LinkOptions? link = null, AgentsOptions? agents = null, ILoggerProvider? log = null)
    {
        time ??= TimeProvider.System;
        link ??= new LinkOptions();
        var store = await TestStore.OpenAsync(TimeProvider.System);
        agents ??= new AgentsOptions();
        return new TestController(store, time, link, agents, await StartAppAsync(store.Store, time, link, agents, log));
    }

    /// <summary>Ends this controller as a crash would, as far as the store and memory go, and starts another over the same store.</summary>
    public async Task RestartAsync()
    {
        await _app.DisposeAsync();
        _app = await StartAppAsync(_store.Store, _time, _link, _agents);
    }

    /// <summary>Stops in order.</summary>
    public Task StopAsync() => _app.StopAsync();

    /// <summary>Enrolls an agent without asking anybody.</summary>
    public async Task<AgentRecord> EnrollAsync(string name, params (string Key, string Value)[] labels)
    {
        var token = await TokenAsync();
        var outcome = await Store.Agents.EnrollAsync(
            new AgentEnrollment
            {
                TokenHash = token,
                EnrollmentId = Guid.NewGuid().ToString("N"),
                AgentId = AgentId.New().ToString(),
                Name = name,
                Labels = labels.ToDictionary(label => label.Key, label => label.Value),
                CertificateSerial = Guid.NewGuid().ToString("N"),
                CertificateNotAfter = TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(90),
                At = TimeProvider.System.GetUtcNow(),
            },
            CancellationToken.None);
        var agent = outcome.Agent.ShouldNotBeNull(outcome.Refusal.ToString());
        Services.GetRequiredService<IdentityDirectory>().Admit(new KnownIdentity(agent));
        foreach (var listener in Services.GetServices<IIdentityListener>())
            listener.AgentEnrolled(agent);
        // What tests report of without applying it first.
        await GiveAsync(agent, "oom", "disk");
        return agent;
    }

    /// <summary>Makes it known that an agent once had scans.</summary>
    public async Task GiveAsync(AgentRecord agent, params string[] scans)
    {
        await Store.Scans.PutAssignmentsAsync([.. scans.Select(scan => new ScanAssignmentRecord(agent.Id, scan, long.MaxValue, null))], CancellationToken.None);
        await Services.GetRequiredService<AssignmentRegistry>().LoadAsync(Store.Scans, CancellationToken.None);
    }

    /// <summary>A channel of its own connection, and the headers that make its calls an agent's.</summary>
    public (GrpcChannel Channel, Metadata Headers) AsAgent(AgentRecord agent) => (Channel(), new Metadata { { CallerHeader, agent.Id } });

    /// <summary>The same for an operator, who is an administrator; "vic" is a viewer.</summary>
    public (GrpcChannel Channel, Metadata Headers) AsOperator(string name = "ann") => (Channel(), new Metadata { { CallerHeader, "o-" + name } });

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
        await _store.DisposeAsync();
    }

    private GrpcChannel Channel() => GrpcChannel.ForAddress(Address);

    // The same one each time; the store says no to the second, and that is all right.
    private async Task<byte[]> TokenAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        var token = new TokenRecord
        {
            Id = TokenId.New().ToString(),
            SecretHash = new byte[32],
            Kind = TokenKind.Agent,
            ExpiresAt = now + TimeSpan.FromDays(1),
            CreatedAt = now,
            CreatedBy = "test",
        };
        await Store.Tokens.CreateAsync(token, CancellationToken.None);
        return token.SecretHash;
    }

    private static async Task<WebApplication> StartAppAsync(
        IFleetStore store, TimeProvider time, LinkOptions link, AgentsOptions agents, ILoggerProvider? log = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "test" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Logging.SetMinimumLevel(log is null ? LogLevel.Warning : LogLevel.Information);
        if (log is not null)
            builder.Logging.AddProvider(log);
        builder.Services.AddSingleton(time).AddSingleton(store).AddSingleton(await IdentityDirectory.LoadAsync(store, CancellationToken.None));
        builder.Services.AddSingleton(new CertificateAuthority(
            TrustRoot.Create("fleet", TimeProvider.System.GetUtcNow()), TrustRoot.Create("operators", TimeProvider.System.GetUtcNow()),
            System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256), new CertificateOptions(), TimeProvider.System));
        builder.Services.AddSingleton<IdentityRevocation>().AddSingleton<IdentityRenewal>();
        builder.Services.AddSingleton(new Reloadable<AgentsOptions>(agents)).AddSingleton(new Reloadable<HandshakeOptions>(new HandshakeOptions()));
        builder.Services.AddSingleton<FailureInterceptor>().AddSingleton<PeerLines>();
        builder.Services.AddGrpc(grpc => grpc.Interceptors.Add<FailureInterceptor>());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.Services.AddAgentRegistry().AddDispatch(new DispatchOptions()).AddAgentLink(link).AddOperatorApi().AddTails();
        builder.Services.AddScans().AddHits().AddAlerts(new NotifyOptions { InitialBackoff = TimeSpan.FromMilliseconds(100) });
        var app = builder.Build();
        app.Use((http, next) =>
        {
            http.Features.Set(new ConnectionCaller(Caller(http.Request.Headers[CallerHeader].ToString(), app.Services)));
            return next(http);
        });
        app.MapFleetServices();
        app.MapTails();
        app.MapScans();
        app.MapHits();
        app.MapAlerts();
        await app.StartAsync().WaitAsync(Patience);
        return app;
    }

    private static CallerIdentity Caller(string id, IServiceProvider services)
    {
        if (id.StartsWith("o-", StringComparison.Ordinal))
            return new CallerIdentity.Operator(id, id[2..], id == "o-vic" ? OperatorRole.Viewer : OperatorRole.Admin);
        var name = new Fleet.Protocol.Identity.CertificateName(Fleet.Protocol.Identity.CertificateRole.Agent, id);
        return services.GetRequiredService<IdentityDirectory>().Find(name)?.Caller ?? new CallerIdentity.Anonymous("unknown");
    }
}
