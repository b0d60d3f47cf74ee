using System.Net;
using Fleet.Controller.Logging;
using Fleet.Protocol.Identity;

namespace Fleet.Controller.Hosting.Settings;

/// <summary>Every setting there is, with its bounds. File, environment and flags all go through it.</summary>
internal static class SettingsTable
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    /// <summary>All settings.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        SettingKinds.Text("data", "directory where everything is kept", CheckPath, (o, v) => o.Data = Path.GetFullPath(v)),
        SettingKinds.Choice("store", "what the store is kept in", StoreKinds.Words, StoreKinds.Read, (o, v) => o.Store = v),
        new Setting("listen", "address and port for agents and operators", ApplyListen),
        SettingKinds.Text("advertise", "address that agents and operators use", CheckAdvertise, (o, v) => o.Advertise = v)
            .Reloadable(static (from, to) => to.Advertise = from.Advertise),
        SettingKinds.Text("artifacts", "directory of what hosts are installed from", CheckPath, (o, v) => o.Artifacts = Path.GetFullPath(v))
            .Reloadable(static (from, to) => to.Artifacts = from.Artifacts),
        SettingKinds.Number("maxConnections", "connections at once", 16, 1_000_000, (o, v) => o.MaxConnections = v),
        SettingKinds.Number("maxCallsPerOperator", "calls that one operator may have in progress at once", 8, 100_000, (o, v) => o.MaxCallsPerOperator = v)
            .Reloadable(static (from, to) => to.MaxCallsPerOperator = from.MaxCallsPerOperator),
        SettingKinds.Number("maxAgentDownloads", "artifacts that agents may fetch at once", 1, 1024, (o, v) => o.MaxAgentDownloads = v)
            .Reloadable(static (from, to) => to.MaxAgentDownloads = from.MaxAgentDownloads),
        SettingKinds.Size("minDownloadRate", "bytes a second that a download of an artifact must reach", 1, 1L << 30, (o, v) => o.MinDownloadRate = v)
            .Reloadable(static (from, to) => to.MinDownloadRate = from.MinDownloadRate),
        SettingKinds.Duration("stopWithin", "how long a stop may take before connections are closed", s_second, TimeSpan.FromMinutes(5), (o, v) => o.StopWithin = v),

        SettingKinds.Number("handshakes.atOnce", "TLS handshakes that are computed at once", 1, 1024, (o, v) => o.Handshakes.AtOnce = v),
        SettingKinds.Number("handshakes.waiting", "connections that may be before or in their handshake besides those", 0, 100_000, (o, v) => o.Handshakes.Waiting = v)
            .Reloadable(static (from, to) => to.Handshakes.Waiting = from.Handshakes.Waiting),
        SettingKinds.Number("handshakes.perSecond", "TLS handshakes a second", 1, 100_000, (o, v) => o.Handshakes.PerSecond = o.Link.NewLinksPerSecond = v)
            .Reloadable(static (from, to) => to.Handshakes.PerSecond = to.Link.NewLinksPerSecond = from.Handshakes.PerSecond),
        SettingKinds.Number("handshakes.perSecondPerSource", "TLS handshakes a second from one address that no agent or operator is known to connect from", 1, 100_000, (o, v) => o.Handshakes.PerSecondPerSource = v)
            .Reloadable(static (from, to) => to.Handshakes.PerSecondPerSource = from.Handshakes.PerSecondPerSource),
        SettingKinds.Duration("handshakes.helloTimeout", "how long a connection may take to send its ClientHello", TimeSpan.FromMilliseconds(100), s_minute, (o, v) => o.Handshakes.HelloTimeout = v)
            .Reloadable(static (from, to) => to.Handshakes.HelloTimeout = from.Handshakes.HelloTimeout),
        SettingKinds.Duration("handshakes.timeout", "how long a handshake may take from then on", s_second, TimeSpan.FromMinutes(1), (o, v) => o.Handshakes.Timeout = v),

        SettingKinds.Number("anonymous.maxConnectionsPercent", "connections without a client certificate, in percent of maxConnections", 1, 50, (o, v) => o.Anonymous.MaxConnectionsPercent = v)
            .Reloadable(static (from, to) => to.Anonymous.MaxConnectionsPercent = from.Anonymous.MaxConnectionsPercent),
        SettingKinds.Duration("anonymous.idleTimeout", "how long a connection without a client certificate may be without a call", s_second, 10 * s_minute, (o, v) => o.Anonymous.IdleTimeout = v)
            .Reloadable(static (from, to) => to.Anonymous.IdleTimeout = from.Anonymous.IdleTimeout),
        SettingKinds.Number("anonymous.maxDownloads", "artifacts that hosts without a client certificate may download at once", 1, 1024, (o, v) => o.Anonymous.MaxDownloads = v)
            .Reloadable(static (from, to) => to.Anonymous.MaxDownloads = from.Anonymous.MaxDownloads),
        SettingKinds.Number("anonymous.maxDownloadsPerSource", "of these, from one address", 1, 1024, (o, v) => o.Anonymous.MaxDownloadsPerSource = v)
            .Reloadable(static (from, to) => to.Anonymous.MaxDownloadsPerSource = from.Anonymous.MaxDownloadsPerSource),

        SettingKinds.Duration("certificates.agentLife", "life of agents' certificates", TimeSpan.FromMinutes(10), 730 * s_day, (o, v) => o.Certificates.AgentLife = v)
            .Reloadable(static (from, to) => to.Certificates.AgentLife = from.Certificates.AgentLife),
        SettingKinds.Duration("certificates.operatorLife", "life of operators' certificates", TimeSpan.FromMinutes(10), 730 * s_day, (o, v) => o.Certificates.OperatorLife = v)
            .Reloadable(static (from, to) => to.Certificates.OperatorLife = from.Certificates.OperatorLife),
        SettingKinds.Duration("certificates.controllerLife", "life of the controller's certificate", TimeSpan.FromMinutes(10), 730 * s_day, (o, v) => o.Certificates.ControllerLife = v),

        SettingKinds.Duration("link.silenceLimit", "silence after which the connection to an agent is closed", s_second, 10 * s_minute, (o, v) => o.Link.SilenceLimit = v),
        SettingKinds.Duration("link.helloTimeout", "how long a new link may take to say hello", s_second, 5 * s_minute, (o, v) => o.Link.HelloTimeout = v)
            .Reloadable(static (from, to) => to.Link.HelloTimeout = from.Link.HelloTimeout),
        SettingKinds.Duration("link.writeStallLimit", "how long a message may wait for an agent that does not read", s_second, 10 * s_minute, (o, v) => o.Link.WriteStallLimit = v)
            .Reloadable(static (from, to) => to.Link.WriteStallLimit = from.Link.WriteStallLimit),
        SettingKinds.Size("link.ingestTotalBytes", "records of all agents that may wait to be stored", 1 << 20, int.MaxValue, (o, v) => o.Link.IngestTotalBytes = (int)v),

        SettingKinds.Duration("dispatch.lostAfter", "silence about a task beyond its own timeouts before it is given up", s_second, s_day, (o, v) => o.Dispatch.LostAfter = v)
            .Reloadable(static (from, to) => to.Dispatch.LostAfter = from.Dispatch.LostAfter),
        SettingKinds.Duration("dispatch.answerWithin", "how long a connected agent may take to answer that a task which has not started is to end", s_second, s_day, (o, v) => o.Dispatch.AnswerWithin = v)
            .Reloadable(static (from, to) => to.Dispatch.AnswerWithin = from.Dispatch.AnswerWithin),
        SettingKinds.Duration("dispatch.reconnectGrace", "how long an agent may be disconnected before its pending tasks expire", TimeSpan.Zero, TimeSpan.FromHours(1), (o, v) => o.Dispatch.ReconnectGrace = v)
            .Reloadable(static (from, to) => to.Dispatch.ReconnectGrace = from.Dispatch.ReconnectGrace),
        SettingKinds.Number("dispatch.maxTasksPerAgent", "tasks that one agent may have at once", 1, 4096, (o, v) => o.Dispatch.MaxTasksPerAgent = v),
        SettingKinds.Number("dispatch.maxOpenJobs", "jobs that may be open at once", 1, 100_000, (o, v) => o.Dispatch.MaxOpenJobs = v)
            .Reloadable(static (from, to) => to.Dispatch.MaxOpenJobs = from.Dispatch.MaxOpenJobs),

        SettingKinds.Number("agents.hitsPerMinute", "hits that one agent may report a minute before it is slowed down", 60, 10_000_000, (o, v) => o.Agents.HitsPerMinute = v)
            .Reloadable(static (from, to) => to.Agents.HitsPerMinute = from.Agents.HitsPerMinute),
        SettingKinds.Number("agents.hitsPerMinutePerScan", "hits a minute that one scan of an agent may report while the agent is slowed down", 60, 10_000_000, (o, v) => o.Agents.HitsPerMinutePerScan = v)
            .Reloadable(static (from, to) => to.Agents.HitsPerMinutePerScan = from.Agents.HitsPerMinutePerScan),
        SettingKinds.Choice("agents.holdDuplicates", "whether new tasks of an agent whose identity two processes use wait for an operator", "true or false", ReadBool, (o, v) => o.Agents.HoldDuplicates = v),

        SettingKinds.Duration("notify.attemptTimeout", "how long an attempt to send an alert may take", s_second, 5 * s_minute, (o, v) => o.Notify.AttemptTimeout = v)
            .Reloadable(static (from, to) => to.Notify.AttemptTimeout = from.Notify.AttemptTimeout),
        SettingKinds.Duration("notify.firstPause", "time before the second attempt, doubled before each further one", TimeSpan.FromMilliseconds(100), s_day, (o, v) => o.Notify.FirstPause = v)
            .Reloadable(static (from, to) => to.Notify.FirstPause = from.Notify.FirstPause),
        SettingKinds.Duration("notify.longestPause", "longest time between two attempts", s_second, s_day, (o, v) => o.Notify.LongestPause = v)
            .Reloadable(static (from, to) => to.Notify.LongestPause = from.Notify.LongestPause),
        SettingKinds.Duration("notify.giveUpAfter", "how long is tried to send an alert", s_second, 30 * s_day, (o, v) => o.Notify.GiveUpAfter = v)
            .Reloadable(static (from, to) => to.Notify.GiveUpAfter = from.Notify.GiveUpAfter),
        SettingKinds.Number("notify.maxConcurrent", "messages of alerts that a webhook may get at once", 1, 64, (o, v) => o.Notify.MaxConcurrent = v)
            .Reloadable(static (from, to) => to.Notify.MaxConcurrent = from.Notify.MaxConcurrent),
        SettingKinds.Number("notify.foldFrom", "waiting messages of one scan, pattern and state from which on a channel gets one for all", 2, 1_000_000, (o, v) => o.Notify.FoldFrom = v)
            .OrOff(static o => o.Notify.FoldFrom = null)
            .Reloadable(static (from, to) => to.Notify.FoldFrom = from.Notify.FoldFrom),

        SettingKinds.Duration("upkeep.maxOutputAge", "how long the output of finished jobs is kept", s_minute, 36_500 * s_day, (o, v) => o.Upkeep.MaxOutputAge = v)
            .OrOff(static o => o.Upkeep.MaxOutputAge = null)
            .Reloadable(static (from, to) => to.Upkeep.MaxOutputAge = from.Upkeep.MaxOutputAge),
        SettingKinds.Size("upkeep.maxOutputBytes", "how much output of all jobs is kept", 1 << 20, 1L << 50, (o, v) => o.Upkeep.MaxOutputBytes = v)
            .OrOff(static o => o.Upkeep.MaxOutputBytes = null)
            .Reloadable(static (from, to) => to.Upkeep.MaxOutputBytes = from.Upkeep.MaxOutputBytes),
        SettingKinds.Duration("upkeep.maxJobAge", "how long finished jobs are kept", s_minute, 36_500 * s_day, (o, v) => o.Upkeep.MaxJobAge = v)
            .OrOff(static o => o.Upkeep.MaxJobAge = null)
            .Reloadable(static (from, to) => to.Upkeep.MaxJobAge = from.Upkeep.MaxJobAge),
        SettingKinds.Duration("upkeep.maxHitAge", "how long hits are kept where their scan does not say it", s_minute, 36_500 * s_day, (o, v) => o.Upkeep.MaxHitAge = v)
            .OrOff(static o => o.Upkeep.MaxHitAge = null)
            .Reloadable(static (from, to) => to.Upkeep.MaxHitAge = from.Upkeep.MaxHitAge),
        SettingKinds.Number("upkeep.maxHits", "how many hits of all scans are kept", 1000, int.MaxValue, (o, v) => o.Upkeep.MaxHits = v)
            .OrOff(static o => o.Upkeep.MaxHits = null)
            .Reloadable(static (from, to) => to.Upkeep.MaxHits = from.Upkeep.MaxHits),
        SettingKinds.Duration("upkeep.maxAlertAge", "how long resolved alerts are kept", s_minute, 36_500 * s_day, (o, v) => o.Upkeep.MaxAlertAge = v)
            .OrOff(static o => o.Upkeep.MaxAlertAge = null)
            .Reloadable(static (from, to) => to.Upkeep.MaxAlertAge = from.Upkeep.MaxAlertAge),
        SettingKinds.Date("upkeep.confirmClock", "today, where the log says that the clock is not believed and it is right", (o, v) => o.Upkeep.ConfirmClock = v)
            .Reloadable(static (from, to) => to.Upkeep.ConfirmClock = from.Upkeep.ConfirmClock),
        SettingKinds.Duration("upkeep.period", "time between two looks at what is old", s_second, s_day, (o, v) => o.Upkeep.Period = v),

        SettingKinds.Choice("log.level", "least level that is logged", LogLevelControl.Levels, LogLevelControl.Read, (o, v) => o.Log.Level = v)
            .Reloadable(static (from, to) => to.Log.Level = from.Log.Level),
        SettingKinds.Choice("log.format", "form of log lines", "text or json", ReadFormat, (o, v) => o.Log.Format = v),
        SettingKinds.Choice("log.console", "whether the console gets the log", "true or false", ReadBool, (o, v) => o.Log.Console = v),
        SettingKinds.Text("log.file", "file that gets the log too", CheckPath, (o, v) => o.Log.File = Path.GetFullPath(v)),
        SettingKinds.Size("log.fileBytes", "size at which a new log file is begun", 64 * 1024, 1L << 40, (o, v) => o.Log.FileBytes = v),
        SettingKinds.Number("log.filesKept", "log files that are kept", 1, 10_000, (o, v) => o.Log.FilesKept = v),
    ];

    /// <summary>The setting of this key; null if there is none.</summary>
    public static Setting? Find(string key) => All.FirstOrDefault(setting => setting.Key == key);

    private static string? ApplyListen(ControllerOptions options, string text)
    {
        const string Mend = "give ADDRESS:PORT with an IP address of this host, such as 0.0.0.0:7443 or [::]:7443";
        // "7443" alone would parse as the address 0.0.29.19, and a missing port as port 0.
        if (text.LastIndexOf(':') is var colon && (colon < 0 || !int.TryParse(text.AsSpan(colon + 1), out _)))
            return Mend;
        if (!IPEndPoint.TryParse(text, out var endPoint))
            return Mend;
        options.Listen = endPoint;
        return null;
    }

    private static string? CheckAdvertise(string text) => ControllerAddress.TryParse(text, out _, out var error) ? null : error;

    private static string? CheckPath(string text) => text.Length == 0 || text.Contains('\0') ? "give a path" : null;

    private static LogFormat? ReadFormat(string text) => text switch { "text" => LogFormat.Text, "json" => LogFormat.Json, _ => null };

    private static bool? ReadBool(string text) => text switch { "true" => true, "false" => false, _ => null };
}
