using System.Globalization;
using Fleet.Protocol.Identity;
using Fleet.Protocol.Units;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent.Settings;

/// <summary>
/// One setting: its name in the file (<c>max_tasks</c>), from which follow the environment variable
/// (<c>FLEET_AGENT_MAX_TASKS</c>) and the flag (<c>--max-tasks</c>), and how its text is understood.
/// </summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Meaning">For the help text.</param>
/// <param name="Apply">Puts the text into the settings; null where it cannot be understood.</param>
/// <param name="Mend">What may be written.</param>
internal sealed record SettingKey(string Name, string Meaning, Func<AgentSettings, string, AgentSettings?> Apply, string Mend)
{
    private static readonly string[] s_levels = ["trace", "debug", "information", "warning", "error", "critical"];

    /// <summary>Every setting there is.</summary>
    public static readonly IReadOnlyList<SettingKey> All =
    [
        new("state", "directory of the identity and the journal",
            (s, t) => IsAbsolutePath(t) ? s with { State = t.TrimEnd('/') } : null,
            "give an absolute path"),
        new("controller", "where the controller is, if not where the agent was enrolled",
            (s, t) => ControllerAddress.TryParse(t, out var address, out _) ? s with { Controller = address } : null,
            "give host or host:port"),
        new("proxy", "proxy to the controller, if not the one that the agent was enrolled through",
            (s, t) => s.Proxy.With(t) is { } proxy ? s with { Proxy = proxy } : null,
            $"give {ProxyAddress.Forms}, or {ProxyChoice.None}") { Show = ProxyChoice.Show },
        new("proxy_password_file", "file whose first line is the proxy's password",
            (s, t) => IsAbsolutePath(t) ? s with { Proxy = s.Proxy with { PasswordFile = t } } : null,
            "give an absolute path"),
        new("max_tasks", "tasks that run at the same time",
            (s, t) => Number(t, 1, 1024) is { } n ? s with { MaxTasks = (int)n } : null,
            "give a number from 1 to 1024") { IsReloadable = true },
        new("max_queued_tasks", "tasks that wait for a place",
            (s, t) => Number(t, 0, 2048) is { } n ? s with { MaxQueuedTasks = (int)n } : null,
            "give a number from 0 to 2048") { IsReloadable = true },
        new("journal_limit", "disk space of undelivered records",
            (s, t) => Size(t, 1L << 20, 1L << 40) is { } n ? s with { JournalLimitBytes = n } : null,
            "give a size from 1MiB to 1TiB, such as 256MiB") { IsReloadable = true },
        new("scan_spool", "disk space of undelivered findings of standing scans",
            (s, t) => Size(t, 4L << 20, 1L << 40) is { } n ? s with { Scans = s.Scans with { SpoolBytes = n } } : null,
            "give a size from 4MiB to 1TiB, such as 32MiB"),
        new("scan_hits_per_minute", "hits of a standing scan that are reported one by one, where the scan itself says nothing",
            (s, t) => Number(t, 1, 1_000_000) is { } n ? s with { Scans = s.Scans with { HitsPerMinute = n } } : null,
            "give a number from 1 to 1000000"),
        new("scan_cpu_percent", "share of one processor that all standing scans together may use",
            (s, t) => Number(t, 1, 100) is { } n ? s with { Scans = s.Scans with { CpuShare = n / 100.0 } } : null,
            "give a number from 1 to 100"),
        new("allow_run_as", "users that tasks may run as, besides the agent's own; without it any",
            (s, t) => Users(t) is { } users ? s with { AllowRunAs = users } : null,
            "give a list of user names or numeric ids") { IsReloadable = true },
        new("pass_environment", "variables of the agent's own environment that tasks get, besides those for language and time zone",
            (s, t) => Variables(t) is { } names ? s with { PassEnvironment = names } : null,
            "give a list of names, of letters, digits and _; PATH, but not what begins with FLEET_"),
        new("log_level", "least severity that is logged",
            (s, t) => Level(t) is { } level ? s with { Log = s.Log with { Level = level } } : null,
            "give one of " + string.Join(", ", s_levels)) { IsReloadable = true },
        new("log_format", "form of the lines on standard output",
            (s, t) => t switch
            {
                "text" => s with { Log = s.Log with { Format = LogFormat.Text } },
                "json" => s with { Log = s.Log with { Format = LogFormat.Json } },
                _ => null,
            },
            "give text or json"),
        new("log_file", "file to log to besides, as JSON",
            (s, t) => IsAbsolutePath(t) ? s with { Log = s.Log with { File = t } } : null,
            "give an absolute path"),
        new("log_file_size", "size at which the log file rolls over",
            (s, t) => Size(t, 64 << 10, 1L << 30) is { } n ? s with { Log = s.Log with { FileBytes = n } } : null,
            "give a size from 64KiB to 1GiB, such as 10MiB"),
        new("log_files_kept", "log files kept",
            (s, t) => Number(t, 1, 100) is { } n ? s with { Log = s.Log with { FilesKept = (int)n } } : null,
            "give a number from 1 to 100"),
    ];

    /// <summary>Whether it can change while the agent runs. The default is no: it counts after a restart.</summary>
    public bool IsReloadable { get; init; }

    /// <summary>The text as messages and the log may repeat it. The default is as it is.</summary>
    public Func<string, string> Show { get; init; } = text => text;

    /// <summary>The environment variable.</summary>
    public string Variable => "FLEET_AGENT_" + Name.ToUpperInvariant();

    /// <summary>The flag.</summary>
    public string Flag => "--" + Name.Replace('_', '-');

    private static bool IsAbsolutePath(string text) => text.StartsWith('/') && !text.Contains('\0', StringComparison.Ordinal);

    private static long? Number(string text, long least, long most) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= least && n <= most ? n : null;

    private static long? Size(string text, long least, long most) =>
        ByteSize.TryParse(text, out var size, out _) && size.Bytes >= least && size.Bytes <= most ? size.Bytes : null;

    private static LogLevel? Level(string text) =>
        Array.IndexOf(s_levels, text) is var index and >= 0 ? (LogLevel)index : null;

    // Names that shells can use. The agent's own settings are not for tasks.
    private static string[]? Variables(string text)
    {
        var names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return names.All(n => n.Length <= 255 && !char.IsAsciiDigit(n[0]) && !n.StartsWith("FLEET_", StringComparison.Ordinal)
            && Characters.AreAll(n, c => char.IsAsciiLetterOrDigit(c) || c == '_')) ? names : null;
    }

    // What useradd(8) takes on Debian and Red Hat, and numeric ids.
    private static string[]? Users(string text)
    {
        var users = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return users.All(u => u.Length <= 32 && Characters.AreAll(u, c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '$')) ? users : null;
    }
}
