using Fleet.Protocol.Systemd;
using Microsoft.Extensions.Logging;

namespace Fleet.Hosting.Settings;

/// <summary>
/// The settings of a running program. A reload (SIGHUP) reads all sources again, replaces the options as a whole by a new snapshot, and logs
/// of each changed setting whether it counts now or after a restart. Settings with an error are refused as a whole: the old ones stay.
/// </summary>
/// <remarks>For all threads. What a reload changes is <see cref="Setting{TOptions}.IsReloadable"/>.</remarks>
/// <typeparam name="TOptions">The program's options, an immutable record.</typeparam>
public sealed class LiveSettings<TOptions>
{
    private readonly SettingsTable<TOptions> _table;
    private readonly Func<LoadedSettings<TOptions>> _read;
    private readonly ServiceNotifier _systemd;
    private readonly ILogger _log;

    // Guards all below but the snapshot, which is read by everybody, and lets one reload end before the next begins.
    private readonly Lock _gate = new();
    private readonly List<Action<TOptions>> _users = [];
    private readonly List<Func<TOptions, TOptions>> _fits = [];
    private IReadOnlyDictionary<string, string> _given;
    private volatile Snapshot _current;

    /// <param name="table">The settings there are.</param>
    /// <param name="started">What the program was started with.</param>
    /// <param name="read">Reads all sources again.</param>
    /// <param name="systemd">Is told of reloads.</param>
    /// <param name="log">Where changes are logged.</param>
    public LiveSettings(
        SettingsTable<TOptions> table, LoadedSettings<TOptions> started, Func<LoadedSettings<TOptions>> read, ServiceNotifier systemd, ILogger log)
    {
        (_table, _read, _systemd, _log) = (table, read, systemd, log);
        _given = started.Given;
        _current = new Snapshot(started.Options);
        Options = new Reloadable<TOptions>(() => _current.Options);
    }

    /// <summary>The options that count now.</summary>
    public Reloadable<TOptions> Options { get; }

    /// <summary>Adds somebody who has to be told: at once, and after each reload, also where nothing changed.</summary>
    public void OnReload(Action<TOptions> use)
    {
        lock (_gate)
        {
            _users.Add(use);
            use(_current.Options);
        }
    }

    /// <summary>Lowers what this process cannot have, now and after each reload.</summary>
    /// <param name="fit">The options with what the process can have.</param>
    public void Fit(Func<TOptions, TOptions> fit)
    {
        lock (_gate)
        {
            _fits.Add(fit);
            _current = new Snapshot(fit(_current.Options));
        }
    }

    /// <summary>Reads the settings again.</summary>
    public void Reload()
    {
        lock (_gate)
        {
            _systemd.Reloading();
            try
            {
                Reload_NeedsLock();
            }
            finally
            {
                _systemd.Reloaded();
            }
        }
    }

    private void Reload_NeedsLock()
    {
        var loaded = _read();
        var given = new Dictionary<string, string>(_given);
        var (applied, waiting) = (new List<SettingChange>(), new List<SettingChange>());
        foreach (var setting in _table.All)
        {
            var (before, now) = (_given.GetValueOrDefault(setting.Key), loaded.Given.GetValueOrDefault(setting.Key));
            if (before == now)
                continue;
            var change = new SettingChange(setting.Key, Show(setting, before), Show(setting, now));
            if (!setting.IsReloadable)
            {
                // What runs stays the measure: the next reload logs it again.
                waiting.Add(change);
                continue;
            }

            applied.Add(change);
            if (now is null)
                given.Remove(setting.Key);
            else
                given[setting.Key] = now;
        }

        // What counts now is a mixture of old and new; it must fit together, too.
        var mixed = _table.Compose(given);
        var errors = loaded.Errors.Count > 0 ? loaded.Errors : mixed.Errors;
        if (errors.Count > 0)
        {
            SettingsLog.Refused(_log, string.Join("; ", errors));
            return;
        }

        _given = given;
        _current = new Snapshot(_fits.Aggregate(mixed.Options, static (options, fit) => fit(options)));
        foreach (var use in _users)
            use(_current.Options);
        foreach (var change in applied)
            SettingsLog.Applied(_log, change.Key, change.Before, change.Now);
        foreach (var change in waiting)
            SettingsLog.NeedsRestart(_log, change.Key, change.Before, _table.Program, change.Now);
        SettingsLog.Reloaded(_log, applied.Count, waiting.Count);
    }

    private static string Show(Setting<TOptions> setting, string? text) => text is null ? "its default" : setting.Show(text);

    // A reference, so that it can be read and replaced without a lock whatever the options are.
    private sealed record Snapshot(TOptions Options);

    private sealed record SettingChange(string Key, string Before, string Now);
}

/// <summary>What is logged of reloads. 3401 to 3405 and 5930 to 5933 were the programs' own lines of it.</summary>
internal static partial class SettingsLog
{
    [LoggerMessage(1000, LogLevel.Information, "Setting {Name} was {Before} and is now {Now}")]
    public static partial void Applied(ILogger log, string name, string before, string now);

    [LoggerMessage(1001, LogLevel.Warning, "Setting {Name} stays {Before} until {Program} is restarted (systemctl restart {Program}); then it is {Now}")]
    public static partial void NeedsRestart(ILogger log, string name, string before, string program, string now);

    [LoggerMessage(1002, LogLevel.Information, "Settings reloaded: {Applied} changes were applied, {Waiting} need a restart")]
    public static partial void Reloaded(ILogger log, int applied, int waiting);

    [LoggerMessage(1003, LogLevel.Error, "Settings cannot be reloaded, the previous ones stay: {Errors}")]
    public static partial void Refused(ILogger log, string errors);
}
