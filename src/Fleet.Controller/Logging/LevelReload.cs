using System.Runtime.InteropServices;
using Fleet.Controller.Hosting.Settings;
using Serilog.Events;

namespace Fleet.Controller.Logging;

/// <summary>On SIGHUP reads the settings again and takes the log's level from them; nothing else changes.</summary>
internal sealed partial class LevelReload(Func<LogEventLevel> readLevel, LogLevelControl level, ILogger<LevelReload> logger) : IHostedService
{
    private PosixSignalRegistration? _registration;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnHangUp);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _registration?.Dispose();
        return Task.CompletedTask;
    }

    private void OnHangUp(PosixSignalContext signal)
    {
        // Or the process would end.
        signal.Cancel = true;
        try
        {
            level.Switch.MinimumLevel = readLevel();
            LogReloaded(level.Current);
        }
        catch (SettingsException e)
        {
            LogUnusable(e.Message);
        }
    }

    [LoggerMessage(3401, LogLevel.Information, "settings read again: the log's level is {Level}")]
    private partial void LogReloaded(string level);

    [LoggerMessage(3402, LogLevel.Error, "settings were not read again: {Faults}")]
    private partial void LogUnusable(string faults);
}
