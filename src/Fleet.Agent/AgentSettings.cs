using Fleet.Agent.Link;
using Fleet.Agent.Scanning;
using Fleet.Hosting.Logging;
using Fleet.Hosting.Settings;
using Fleet.Protocol.Identity;
using Fleet.Protocol.Units;

namespace Fleet.Agent;

/// <summary>Every setting of the agent, with its bounds. File, environment and flags all go through it.</summary>
/// <remarks>
/// <c>state</c> keeps its name, since an installed program of any version looks there for the version that it is to become, and so do
/// <c>controller</c> and <c>proxy</c>.
/// </remarks>
internal static class AgentSettings
{
    private const int MaxUserNameLength = 32;
    private const int MaxVariableNameLength = 255;
    private static readonly SettingsPart<AgentOptions, AgentOptions> s_agent = new("", o => o, (_, o) => o);
    private static readonly SettingsPart<AgentOptions, ProxyChoice> s_proxy = new("", o => o.Proxy, (o, p) => o with { Proxy = p });
    private static readonly SettingsPart<AgentOptions, AgentOptions> s_journal = new("journal", o => o, (_, o) => o);
    private static readonly SettingsPart<AgentOptions, ScanOptions> s_scans = new("scans", o => o.Scans, (o, p) => o with { Scans = p });

    /// <summary>The table.</summary>
    public static SettingsTable<AgentOptions> Table { get; } = new("fleet-agent", "/etc/fleet/agent.json", new AgentOptions(),
    [
        new("The agent and its controller.",
        [
            s_agent.Setting("state", SettingKinds.AbsolutePath, o => o.State, (o, v) => o with { State = v! },
                "Directory of the identity and of the journal of tasks. The service expects it here."),
            s_agent.Setting("controller", Controller, o => o.Controller, (o, v) => o with { Controller = v },
                "Where the controller is.")
                .Unset("where this host was enrolled", "fleet.example.org:7443"),
            s_proxy.Setting("proxy", Proxy, p => p, (p, v) => p with { Address = v.Address, IsNone = v.IsNone },
                "The proxy to the controller: http (asked with CONNECT) or socks5. Characters such as @ : / % in user and password are written as %40 "
                + "%3A %2F %25. The proxy resolves the controller's name. \"none\": none, although this host was enrolled through one. HTTPS_PROXY "
                + "and its like in the environment never count. The settings file is readable for all unless you change that.")
                .Unset("the one that this host was enrolled through", "http://fleet@proxy.example.org:3128") with { Mask = ProxyChoice.Show },
            s_proxy.Setting("proxyPasswordFile", SettingKinds.AbsolutePath, p => p.PasswordFile, (p, v) => p with { PasswordFile = v },
                "A file whose first line is the proxy's password, to be read by root alone.")
                .Unset("the password, if any, is in proxy", "/etc/fleet/proxy-password").Formerly("proxy_password_file"),
        ]),
        new("Tasks.",
        [
            s_agent.Setting("maxTasks", SettingKinds.Number(1, 1024), o => o.MaxTasks, (o, v) => o with { MaxTasks = v },
                "Tasks that run at the same time.").Reloadable().Formerly("max_tasks"),
            s_agent.Setting("maxQueuedTasks", SettingKinds.Number(0, 2048), o => o.MaxQueuedTasks, (o, v) => o with { MaxQueuedTasks = v },
                "Tasks that wait for one of those places; more are rejected.").Reloadable().Formerly("max_queued_tasks"),
            s_journal.Setting("maxBytes", SettingKinds.Size(1L << 20, 1L << 40), o => o.MaxJournalBytes, (o, v) => o with { MaxJournalBytes = v },
                "Disk space that undelivered records may take.").Reloadable().Formerly("journal_limit"),
            s_agent.Setting("allowRunAs", SettingKinds.List("list of users", IsUser, "give a list of user names or numeric ids"), o => o.AllowRunAs, (o, v) => o with { AllowRunAs = v },
                "Users that tasks may run as besides the agent's own: names or numeric ids. It counts for tasks that come from then on.")
                .Unset("any user", "deploy, www-data").Reloadable().Formerly("allow_run_as"),
            s_agent.Setting("passEnvironment",
                SettingKinds.List("list of names", IsVariable, "give a list of names, of letters, digits and _; PATH, but not what begins with FLEET_"),
                o => o.PassEnvironment, (o, v) => o with { PassEnvironment = v! },
                "Variables of the agent's own environment that tasks get, such as PATH or HTTP_PROXY. Tasks start with an environment as after a login "
                + "(PATH, HOME, USER, LOGNAME, SHELL, language, time zone) and nothing else.").Formerly("pass_environment"),
        ]),
        new("Standing scans.",
        [
            s_scans.Setting("maxSpoolBytes", SettingKinds.Size(4L << 20, 1L << 40), p => p.MaxSpoolBytes, (p, v) => p with { MaxSpoolBytes = v },
                "Disk space that undelivered findings may take; beyond it the oldest are counted by kind.").Formerly("scan_spool"),
            s_scans.Setting("maxHitsPerMinute", SettingKinds.Number(1, 1_000_000), p => p.MaxHitsPerMinute, (p, v) => p with { MaxHitsPerMinute = v },
                "Hits of a scan that are reported one by one in a minute, where the scan itself says nothing; more are counted by kind.").Formerly("scan_hits_per_minute"),
            s_scans.Setting("maxCpuPercent", SettingKinds.Number(1, 100), p => p.MaxCpuPercent, (p, v) => p with { MaxCpuPercent = v },
                "Share of one processor that all scans together may use.").Formerly("scan_cpu_percent"),
        ]),
        LogSettings.Section<AgentOptions>(o => o.Log, (o, p) => o with { Log = p }, "/var/log/fleet-agent.log", FormerLogKey),
    ]);

    private static SettingKind<ControllerAddress?> Controller => new(
        "host or host:port",
        text => ControllerAddress.TryParse(text, out var address, out _) ? (address, null) : (null, "give host or host:port"),
        address => address?.ToString());

    private static SettingKind<ProxyChoice> Proxy => new(
        $"{ProxyAddress.Forms}, or {ProxyChoice.None}",
        text => new ProxyChoice().With(text) is { } choice ? (choice, null) : (new ProxyChoice(), $"give {ProxyAddress.Forms}, or {ProxyChoice.None}"),
        choice => choice.IsNone ? ProxyChoice.None : choice.Address?.ToString());

    private static string? FormerLogKey(string name) => name switch
    {
        "level" => "log_level",
        "format" => "log_format",
        "file" => "log_file",
        "fileBytes" => "log_file_size",
        "filesKept" => "log_files_kept",
        _ => null,
    };

    // Names that shells can use. The agent's own settings are not for tasks.
    private static bool IsVariable(string name) =>
        name.Length <= MaxVariableNameLength && !char.IsAsciiDigit(name[0]) && !name.StartsWith("FLEET_", StringComparison.Ordinal)
        && Characters.AreAll(name, c => char.IsAsciiLetterOrDigit(c) || c == '_');

    // What useradd(8) takes on Debian and Red Hat, and numeric ids.
    private static bool IsUser(string name) =>
        name.Length <= MaxUserNameLength && Characters.AreAll(name, c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '$');
}
