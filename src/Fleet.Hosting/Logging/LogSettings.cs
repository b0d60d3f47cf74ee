using Fleet.Hosting.Settings;

namespace Fleet.Hosting.Logging;

/// <summary>The settings of the log, the same for every program.</summary>
public static class LogSettings
{
    private const long MinFileBytes = 64 << 10;
    private const long MaxFileBytes = 1L << 40;
    private const int MaxFilesKept = 10_000;

    /// <summary>Makes the section.</summary>
    /// <param name="get">Finds the log's options.</param>
    /// <param name="set">The options with others for the log.</param>
    /// <param name="exampleFile">A place for a log file.</param>
    /// <param name="formerKey">What a key was called before, by what stands after its dot; null where it had the same name.</param>
    public static SettingsSection<TOptions> Section<TOptions>(
        Func<TOptions, LogOptions> get, Func<TOptions, LogOptions, TOptions> set, string exampleFile, Func<string, string?> formerKey)
    {
        var log = new SettingsPart<TOptions, LogOptions>("log", get, set);
        Setting<TOptions>[] settings =
        [
            log.Setting("level", SettingKinds.Choice([.. LogLevels.All]), p => p.Level, (p, v) => p with { Level = v }, "The least severe that is logged.").Reloadable(),
            log.Setting("format", SettingKinds.Choice(("text", LogFormat.Text), ("json", LogFormat.Json)), p => p.Format, (p, v) => p with { Format = v },
                "Form of the log's lines: for people, or a JSON object a line."),
            log.Setting("console", SettingKinds.Switch, p => p.Console, (p, v) => p with { Console = v }, "Whether standard output, which the journal keeps, gets the log."),
            log.Setting("file", SettingKinds.Path, p => p.File, (p, v) => p with { File = v }, "A file that gets the log, too.").Unset("none", exampleFile),
            log.Setting("fileBytes", SettingKinds.Size(MinFileBytes, MaxFileBytes), p => p.FileBytes, (p, v) => p with { FileBytes = v }, "Size at which a new log file is begun."),
            log.Setting("filesKept", SettingKinds.Number(1, MaxFilesKept), p => p.FilesKept, (p, v) => p with { FilesKept = v }, "Log files that are kept."),
        ];
        return new SettingsSection<TOptions>("The log.", [.. settings.Select(setting => setting with { FormerKey = formerKey(setting.Key["log.".Length..]) })]);
    }
}
