using System.CommandLine;
using System.Net;
using Fleet.Controller.Admission;
using Fleet.Controller.Control;
using Fleet.Controller.Logging;
using Fleet.Hosting.Processes;
using Fleet.Hosting.Settings;
using Fleet.Protocol.Systemd;
using Fleet.Storage;
using Microsoft.AspNetCore.Connections;
using Serilog.Extensions.Logging;

namespace Fleet.Controller.Hosting.Commands;

/// <summary><c>run</c>: be a controller until told to stop.</summary>
internal static partial class RunCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(SettingFlags flags)
    {
        var newStore = new Option<bool>("--new-store") { Description = "If the store is lost: set its remains aside and start with an empty one. Every agent and operator must enroll again." };
        var older = new Option<bool>("--accept-older-store") { Description = "If the store has lost its last writes, or is an older copy: continue with what is left." };
        var command = new Command("run", "Run the controller. `init` creates its data directory.") { newStore, older };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var onMismatch = (parsed.GetValue(newStore), parsed.GetValue(older)) switch
            {
                (true, true) => throw new UsageException("--new-store and --accept-older-store exclude each other"),
                (true, false) => StoreMismatch.SetAside,
                (false, true) => StoreMismatch.AcceptOlder,
                _ => StoreMismatch.Refuse,
            };
            await RunAsync(flags.Sources(parsed), onMismatch, cancellationToken);
            return 0;
        });
        return command;
    }

    private static async Task RunAsync(SettingsSources sources, StoreMismatch onMismatch, CancellationToken cancellationToken)
    {
        // 1. Settings and log. With less files than this not even they can be read to the end.
        if (DescriptorFit.OfProcess(connections: 0) is var (limit, _) && limit < DescriptorFit.LeastLimit)
            throw new CommandException(DescriptorFit.TooFew(limit, DescriptorFit.LeastLimit));
        var loaded = ControllerSettings.Table.Load(sources).OrThrow();
        var options = loaded.Options;
        var systemd = ServiceNotifier.OfProcess(TimeProvider.System);
        var level = new LogLevelControl(options.Log.Level);
        var drops = new LogDrops();
        await using var log = LogSetup.Create(options.Log, level, drops);
        using var loggers = new SerilogLoggerFactory(log);
        var logger = loggers.CreateLogger("Fleet.Controller");
        var settings = new LiveSettings<ControllerOptions>(
            ControllerSettings.Table, loaded, () => ControllerSettings.Table.Load(sources), systemd, loggers.CreateLogger("Fleet.Settings"));
        // After each reload, also where nothing changed: the level may have been changed by `fleet controller log-level` since.
        settings.OnReload(now => level.Set(now.Log.Level));
        using var signals = new ProcessSignals().OnReload(settings.Reload);

        // 2. The data. Only `init` makes it: a wrong --data must not become a new fleet.
        var data = new DataDirectory(options.Data, options.Store);
        if (FirstStart.FindAbsence(data) is { } absence)
            throw new UsageException(absence);
        await using var opened = await OpenedData.OpenAsync(data, settings.Options.Select(now => now.Certificates), onMismatch, TimeProvider.System, loggers, cancellationToken);
        if (!await CanAnybodyLogInAsync(opened.Store, cancellationToken))
            LogNobody(logger);

        // 3. The host, until a signal comes.
        await using var host = await ControllerHost.CreateAsync(
            settings,
            opened,
            TimeProvider.System,
            logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new ServerFaults(new SerilogLoggerProvider(log), TimeProvider.System)),
            services =>
            {
                services.AddSingleton(level).AddSingleton(drops).AddHostedService<LogDropsReport>();
                Program.AddFeatures(services, settings.Options);
            },
            Program.MapServices,
            cancellationToken);
        await StartAsync(host, options.Listen, cancellationToken);
        LogRunning(logger, ProcessStatus.Version, host.EndPoint, data.Path);
        systemd.Ready($"Listening on {host.EndPoint}");
        using var unwatch = new CancellationTokenSource();
        var watched = systemd.WatchAsync(static () => true, unwatch.Token);
        await host.WaitForShutdownAsync(cancellationToken);
        systemd.Stopping();
        await unwatch.CancelAsync();
        await watched;
        LogStopped(logger);
    }

    private static async Task StartAsync(ControllerHost host, IPEndPoint listen, CancellationToken cancellationToken)
    {
        try
        {
            await host.StartAsync(cancellationToken);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new CommandException($"{listen} is in use by another program: stop that one, or listen elsewhere with --listen", e);
        }
        catch (System.Net.Sockets.SocketException e)
        {
            throw new CommandException($"cannot listen on {listen}: {e.Message}. Choose an address of this host with --listen", e);
        }
    }

    private static async Task<bool> CanAnybodyLogInAsync(IFleetStore store, CancellationToken cancellationToken)
    {
        if ((await store.Operators.ListAsync(cancellationToken)).Any(person => person.State == OperatorState.Active))
            return true;
        var now = TimeProvider.System.GetUtcNow();
        return (await store.Tokens.ListAsync(cancellationToken))
            .Any(token => token.Kind == TokenKind.Operator && token.RevokedAt is null && token.ExpiresAt > now);
    }

    [LoggerMessage(3301, LogLevel.Information, "fleet-controller {Version} is listening on {EndPoint}; data directory {Data}")]
    private static partial void LogRunning(ILogger logger, string version, IPEndPoint endPoint, string data);

    [LoggerMessage(3302, LogLevel.Information, "fleet-controller has stopped")]
    private static partial void LogStopped(ILogger logger);

    [LoggerMessage(3303, LogLevel.Warning, "No operator can log in: run `fleet-controller token create --operator admin` on this host")]
    private static partial void LogNobody(ILogger logger);
}
