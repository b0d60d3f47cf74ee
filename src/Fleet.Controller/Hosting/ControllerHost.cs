using System.Net;
using Fleet.Controller.Access;
using Fleet.Controller.Admission;
using Fleet.Controller.Hosting.Commands;
using Fleet.Controller.Identity;
using Fleet.Controller.Logging;
using Fleet.Hosting.Settings;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Fleet.Controller.Hosting;

/// <summary>A controller in this process: the rooms that <see cref="Program"/> names, behind one web server.</summary>
internal sealed partial class ControllerHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DataDirectory _data;

    private ControllerHost(WebApplication app, DataDirectory data)
    {
        _app = app;
        _data = data;
    }

    /// <summary>What the rooms share.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Where it listens, once started.</summary>
    public IPEndPoint EndPoint => _app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses
        .Select(address => address.StartsWith("https://", StringComparison.Ordinal) ? IPEndPoint.Parse(address["https://".Length..]) : null)
        .First(endPoint => endPoint is not null)!;

    /// <summary>Puts a controller together; nothing listens yet.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="opened">The data, which the caller disposes of after the host.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logging">Where log lines go.</param>
    /// <param name="rooms">Adds what the rooms need.</param>
    /// <param name="map">Maps their services.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ControllerHost> CreateAsync(
        LiveSettings<ControllerOptions> settings,
        OpenedData opened,
        TimeProvider time,
        Action<ILoggingBuilder> logging,
        Action<IServiceCollection> rooms,
        Action<WebApplication> map,
        CancellationToken cancellationToken)
    {
        var options = settings.Options.Value;
        var identities = await IdentityDirectory.LoadAsync(opened.Store, cancellationToken);

        // Empty: nothing is read from ASPNETCORE_* variables or appsettings.json that happens to lie about.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "fleet-controller" });
        logging(builder.Logging);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listeners.Configure(kestrel, options, opened.Directory));
        builder.Services.AddSingleton(time).AddSingleton(settings).AddSingleton(settings.Options);
        builder.Services.AddSingleton(settings.Options.Select(now => now.Certificates)).AddSingleton(settings.Options.Select(now => now.Agents));
        builder.Services.AddSingleton(opened.Directory).AddSingleton(opened.Authority).AddSingleton(opened.Record).AddSingleton(identities);
        builder.Services.AddSingleton(opened.Store).AddSingleton(opened.Store.Tokens).AddSingleton(opened.Store.Operators);
        builder.Services.AddAdmission(options.MaxConnections, settings.Options.Select(now => now.Handshakes), settings.Options.Select(now => now.Anonymous));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownTimeout);
        builder.Services.Configure<ConsoleLifetimeOptions>(lifetime => lifetime.SuppressStatusMessages = true);
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = Protocol.Limits.MessageBytes;
            grpc.EnableDetailedErrors = false;
            grpc.CompressionProviders = [new BoundedGzip()];
            grpc.Interceptors.Add<FailureInterceptor>();
            grpc.Interceptors.Add<AccessInterceptor>();
        });
        builder.Services.AddSingleton<FailureInterceptor>().AddSingleton<PeerLines>();
        rooms(builder.Services);

        var app = builder.Build();
        app.Use(EarlierPaths.RewriteAsync);
        app.UseRouting();
        app.Use(AnonymousConnection.CountCallAsync);
        app.Use(CallLimit.HoldUntilTakenAsync);
        map(app);
        return new ControllerHost(app, opened.Directory);
    }

    /// <summary>Begins to listen.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Left by a process that was killed; the store's lock says that nobody serves it.
        File.Delete(_data.SocketPath);
        await _app.StartAsync(cancellationToken);
        FitConnections();
        // The directory keeps strangers out; the mode says so to whoever looks.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_data.SocketPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Waits until a signal or somebody else stops it.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => _app.WaitForShutdownAsync(cancellationToken);

    /// <summary>Stops: goodbyes first, then connections, within the time that is set.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        File.Delete(_data.SocketPath);
    }

    // Now, when most of what a controller opens is open.
    private void FitConnections()
    {
        var table = Services.GetRequiredService<ConnectionTable>();
        if (DescriptorFit.OfProcess(table.Open) is not var (limit, inUse))
            return;
        var fit = DescriptorFit.Of(table.Max, limit, inUse);
        if (fit.Connections < Math.Min(table.Max, DescriptorFit.LeastConnections))
            throw new CommandException(DescriptorFit.TooFew(limit, inUse + fit.Reserve + DescriptorFit.LeastConnections));
        if (fit.Connections == table.Max)
            return;
        LogFitted(Services.GetRequiredService<ILogger<ControllerHost>>(), table.Max, fit.Connections, limit, inUse, fit.Reserve);
        table.Max = fit.Connections;
        // Each takes a file besides its connection.
        Services.GetRequiredService<LiveSettings<ControllerOptions>>().Fit(options => options with
        {
            MaxAgentDownloads = Math.Min(options.MaxAgentDownloads, fit.Reserve / 4),
            Anonymous = options.Anonymous with { MaxDownloads = Math.Min(options.Anonymous.MaxDownloads, fit.Reserve / 8) },
        });
    }

    [LoggerMessage(3306, LogLevel.Warning,
        "Lowered maxConnections from {Asked} to {Connections}: the process may have {Limit} files open, {InUse} are in use and {Reserve} are kept for the store, logs "
        + "and artifacts; raise the limit (LimitNOFILE of the service, or ulimit -n) for more")]
    private static partial void LogFitted(ILogger log, int asked, int connections, int limit, int inUse, int reserve);
}
