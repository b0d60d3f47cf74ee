using Fleet.Protocol.Systemd;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent.Settings;

/// <summary>
/// Reads the settings again while the agent runs (SIGHUP), takes over what can be taken over and says of each changed setting
/// whether it counts now or after a restart. Settings with a fault are refused as a whole: the old ones stay.
/// </summary>
/// <remarks>For all threads. What a key can do is <see cref="SettingKey.IsReloadable"/>.</remarks>
internal sealed partial class SettingsReload(LoadedSettings started, Func<LoadedSettings> read, ILogger log)
{
    // Guards all below, and lets one reload end before the next begins.
    private readonly Lock _gate = new();
    private readonly List<Action<AgentSettings>> _users = [];
    private IReadOnlyDictionary<string, string> _given = started.Given;
    private AgentSettings _current = started.Settings;
    private ServiceNotifier? _systemd;

    /// <summary>Adds somebody who uses settings: told at once, and after each change.</summary>
    public void Attach(Action<AgentSettings> use)
    {
        lock (_gate)
        {
            _users.Add(use);
            use(_current);
        }
    }

    /// <summary>From now on systemd hears of reloads.</summary>
    public void Tell(ServiceNotifier systemd)
    {
        lock (_gate)
            _systemd = systemd;
    }

    /// <summary>Reads the settings again.</summary>
    public void Reload()
    {
        lock (_gate)
        {
            _systemd?.Reloading();
            try
            {
                Reload_NeedsLock();
            }
            finally
            {
                _systemd?.Reloaded();
            }
        }
    }

    private void Reload_NeedsLock()
    {
        var loaded = read();
        if (loaded.Faults.Count > 0)
        {
            LogRefused(string.Join("; ", loaded.Faults));
            return;
        }

        var given = new Dictionary<string, string>(_given);
        var (applied, waiting) = (0, 0);
        foreach (var key in SettingKey.All)
        {
            var (before, now) = (_given.GetValueOrDefault(key.Name), loaded.Given.GetValueOrDefault(key.Name));
            if (before == now)
                continue;
            if (!key.IsReloadable)
            {
                // What runs stays the measure: the next reload says it again.
                LogNeedsRestart(key.Name, Show(key, before), Show(key, now));
                waiting++;
                continue;
            }

            LogApplied(key.Name, Show(key, before), Show(key, now));
            applied++;
            if (now is null)
                given.Remove(key.Name);
            else
                given[key.Name] = now;
        }

        (_given, _current) = (given, SettingsLoader.Compose(given));
        foreach (var use in _users)
            use(_current);
        LogReloaded(applied, waiting);
    }

    private static string Show(SettingKey key, string? text) => text is null ? "its default" : key.Show(text);

    [LoggerMessage(5930, LogLevel.Information, "Setting {Name} was {Before} and is now {Now}")]
    private partial void LogApplied(string name, string before, string now);

    [LoggerMessage(5931, LogLevel.Warning, "Setting {Name} is {Before} and stays so until the agent is restarted (systemctl restart fleet-agent); then it is {Now}")]
    private partial void LogNeedsRestart(string name, string before, string now);

    [LoggerMessage(5932, LogLevel.Information, "Settings reloaded: {Applied} changes were applied, {Waiting} need a restart")]
    private partial void LogReloaded(int applied, int waiting);

    [LoggerMessage(5933, LogLevel.Error, "Settings cannot be reloaded, the previous ones stay: {Errors}")]
    private partial void LogRefused(string errors);
}
