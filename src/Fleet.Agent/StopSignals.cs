using System.Runtime.InteropServices;
using Fleet.Agent.Logging;
using Fleet.Agent.Settings;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent;

/// <summary>What signals mean to the agent: SIGTERM and SIGINT stop it in good order, SIGHUP reads the settings again, SIGUSR1 switches debug logging on and off.</summary>
internal sealed partial class StopSignals : IDisposable
{
    private const PosixSignal UserSignal1 = (PosixSignal)10; // SIGUSR1 of signal(7) for x86 and ARM.
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals(AgentLog log, SettingsReload reload)
    {
        var logger = log.Factory.CreateLogger<StopSignals>();
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
            {
                context.Cancel = true;
                reload.Reload();
            }),
            PosixSignalRegistration.Create(UserSignal1, context =>
            {
                context.Cancel = true;
                var level = log.ToggleDebug();
                LogLevelChanged(logger, level);
            }),
        ];
    }

    /// <summary>Cancelled when the agent is to stop.</summary>
    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        // Without this the runtime would end the process at once.
        context.Cancel = true;
        _stop.Cancel();
    }

    [LoggerMessage(5920, LogLevel.Warning, "Log level is now {Level}")]
    private static partial void LogLevelChanged(ILogger logger, LogLevel level);
}
