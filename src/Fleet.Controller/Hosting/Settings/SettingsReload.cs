using System.Runtime.InteropServices;
using Fleet.Controller.Logging;
using Fleet.Protocol.Systemd;

namespace Fleet.Controller.Hosting.Settings;

/// <summary>
/// On SIGHUP reads the settings again, takes over what can be taken over and says of each changed setting whether it counts now
/// or after a restart. Settings with a fault are refused as a whole: the old ones stay.
/// </summary>
/// <remarks>
/// Settings that can be reloaded are those that their rooms look up at each use (<see cref="Setting.CopyLive"/>): they are copied
/// into the options that the rooms share, one by one, each written as a whole.
/// </remarks>
/// <param name="started">What the controller runs with; its options are the ones that the rooms have.</param>
/// <param name="read">Reads the settings.</param>
/// <param name="level">The level of the log.</param>
/// <param name="systemd">Hears of reloads.</param>
/// <param name="logger">Where it says what it did.</param>
internal sealed partial class SettingsReload(
    GivenSettings started, Func<GivenSettings> read, LogLevelControl level, ServiceNotifier systemd, ILogger<SettingsReload> logger) : IHostedService
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _given = new(started.Texts);
    private PosixSignalRegistration? _registration;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            // Or the process would end.
            signal.Cancel = true;
            Reload();
        });
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _registration?.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Reads the settings again.</summary>
    public void Reload()
    {
        lock (_gate)
        {
            systemd.Reloading();
            try
            {
                Take_NeedsLock(read());
            }
            catch (SettingsException e)
            {
                LogRefused(string.Join("; ", e.Faults));
            }
            finally
            {
                systemd.Reloaded();
            }
        }
    }

    private void Take_NeedsLock(GivenSettings next)
    {
        var (applied, waiting) = (0, 0);
        foreach (var setting in SettingsTable.All)
        {
            var (before, now) = (_given.GetValueOrDefault(setting.Key), next.Texts.GetValueOrDefault(setting.Key));
            if (before == now)
                continue;
            if (setting.CopyLive is not { } copy)
            {
                // What runs stays the measure: the next reload says it again.
                LogNeedsRestart(setting.Key, Show(before), Show(now));
                waiting++;
                continue;
            }

            copy(next.Options, started.Options);
            LogApplied(setting.Key, Show(before), Show(now));
            applied++;
            if (now is null)
                _given.Remove(setting.Key);
            else
                _given[setting.Key] = now;
        }

        // Also where the file says what it said before: the level may have been changed by `fleet controller log-level` since.
        level.Switch.MinimumLevel = started.Options.Log.Level;
        LogReloaded(applied, waiting, level.Current);
    }

    private static string Show(string? text) => text ?? "its default";

    // 3401 was the reload of the log's level alone.
    [LoggerMessage(3403, LogLevel.Information, "Setting {Name} was {Before} and is now {Now}")]
    private partial void LogApplied(string name, string before, string now);

    [LoggerMessage(3404, LogLevel.Warning, "Setting {Name} is {Before} and stays so until the controller is restarted (systemctl restart fleet-controller); then it is {Now}")]
    private partial void LogNeedsRestart(string name, string before, string now);

    [LoggerMessage(3405, LogLevel.Information, "Settings reloaded: {Applied} changes were applied, {Waiting} need a restart; the log's level is {Level}")]
    private partial void LogReloaded(int applied, int waiting, string level);

    [LoggerMessage(3402, LogLevel.Error, "Settings cannot be reloaded, the previous ones stay: {Errors}")]
    private partial void LogRefused(string errors);
}
