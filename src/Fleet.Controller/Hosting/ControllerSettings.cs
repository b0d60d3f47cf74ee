using System.Net;
using System.Text;
using Fleet.Controller.Admission;
using Fleet.Controller.Agents;
using Fleet.Controller.Dispatch;
using Fleet.Controller.Identity;
using Fleet.Controller.Notifications;
using Fleet.Controller.Upkeep;
using Fleet.Hosting.Logging;
using Fleet.Hosting.Settings;
using Fleet.Protocol.Identity;
using LinkOptions = Fleet.Controller.Link.LinkOptions;

namespace Fleet.Controller.Hosting;

/// <summary>Every setting of the controller, with its bounds. File, environment and flags all go through it.</summary>
internal static class ControllerSettings
{
    // sun_path holds 108 bytes with its terminating zero (unix(7)).
    private const int MaxSocketPathBytes = 107;
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_maxAge = 36_500 * s_day;
    private static readonly TimeSpan s_tenth = TimeSpan.FromMilliseconds(100);
    private static readonly SettingKind<TimeSpan> s_lifetime = SettingKinds.Duration(10 * s_minute, 730 * s_day);

    private static readonly SettingsPart<ControllerOptions, ControllerOptions> s_controller = new("", o => o, (_, o) => o);
    private static readonly SettingsPart<ControllerOptions, HandshakeOptions> s_handshakes = new("handshakes", o => o.Handshakes, (o, p) => o with { Handshakes = p });
    private static readonly SettingsPart<ControllerOptions, AnonymousOptions> s_anonymous = new("anonymous", o => o.Anonymous, (o, p) => o with { Anonymous = p });
    private static readonly SettingsPart<ControllerOptions, CertificateOptions> s_certificates = new("certificates", o => o.Certificates, (o, p) => o with { Certificates = p });
    private static readonly SettingsPart<ControllerOptions, LinkOptions> s_link = new("agents", o => o.Link, (o, p) => o with { Link = p });
    private static readonly SettingsPart<ControllerOptions, AgentsOptions> s_agents = new("agents", o => o.Agents, (o, p) => o with { Agents = p });
    private static readonly SettingsPart<ControllerOptions, DispatchOptions> s_dispatch = new("dispatch", o => o.Dispatch, (o, p) => o with { Dispatch = p });
    private static readonly SettingsPart<ControllerOptions, NotifyOptions> s_notify = new("notify", o => o.Notify, (o, p) => o with { Notify = p });
    private static readonly SettingsPart<ControllerOptions, RetentionOptions> s_retention = new("retention", o => o.Retention, (o, p) => o with { Retention = p });

    /// <summary>The table.</summary>
    public static SettingsTable<ControllerOptions> Table { get; } = new("fleet-controller", "/etc/fleet/controller.json", new ControllerOptions(),
    [
        new("The controller.",
        [
            s_controller.Setting("data", SettingKinds.Path, o => o.Data, (o, v) => o with { Data = v! },
                "Directory where everything is kept. The service can write nowhere else."),
            s_controller.Setting("store", SettingKinds.Choice([.. StoreKinds.All.Select(kind => (StoreKinds.FilesOf(kind).Kind, kind))]), o => o.Store, (o, v) => o with { Store = v },
                "What the store in it is kept in: sqlite (fleet.db) or litedb (fleet.litedb). Chosen before `fleet-controller init`; later "
                + "`fleet-controller store copy` makes one of the other."),
            s_controller.Setting("listen", Endpoint, o => o.Listen, (o, v) => o with { Listen = v },
                "Address and port for agents and operators."),
            s_controller.Setting("advertise", Address, o => o.Advertise, (o, v) => o with { Advertise = v },
                "The address that agents and operators use.")
                .Unset("this host's name and the port of listen", "fleet.example.org:7443").Reloadable(),
            s_controller.Setting("artifacts", SettingKinds.Path, o => o.Artifacts, (o, v) => o with { Artifacts = v! },
                "Directory of what hosts are installed from with the line of `fleet token create --install`.").Reloadable(),
            s_controller.Setting("maxConnections", SettingKinds.Number(16, 1_000_000), o => o.MaxConnections, (o, v) => o with { MaxConnections = v },
                "Connections at once; more wait until one ends. Each takes an open file: where the process may not have so many (LimitNOFILE of the "
                + "service), it is lowered at the start and the log says so."),
            s_controller.Setting("maxCallsPerOperator", SettingKinds.Number(8, 100_000), o => o.MaxCallsPerOperator, (o, v) => o with { MaxCallsPerOperator = v },
                "Calls that one operator may have in progress at once.").Reloadable(),
            s_controller.Setting("maxAgentDownloads", SettingKinds.Number(1, 1024), o => o.MaxAgentDownloads, (o, v) => o with { MaxAgentDownloads = v },
                "Artifacts that agents may fetch at once; one agent has 2 of them at most.").Reloadable(),
            s_controller.Setting("minDownloadRate", SettingKinds.Size(1, 1L << 30), o => o.MinDownloadRate, (o, v) => o with { MinDownloadRate = v },
                "Bytes a second that a download of an artifact must reach; one that falls behind by 10 s is closed.").Reloadable(),
            s_controller.Setting("shutdownTimeout", SettingKinds.Duration(s_second, 5 * s_minute), o => o.ShutdownTimeout, (o, v) => o with { ShutdownTimeout = v },
                "How long a stop may take before connections are closed.").Formerly("stopWithin"),
        ]),
        new("New connections, before and in their TLS handshake.",
        [
            s_handshakes.Setting("maxConcurrent", SettingKinds.Number(1, 1024), p => p.MaxConcurrent, (p, v) => p with { MaxConcurrent = v },
                "TLS handshakes that are computed at once; who waits for its peer is not counted.").Formerly("handshakes.atOnce"),
            s_handshakes.Setting("maxPending", SettingKinds.Number(0, 100_000), p => p.MaxPending, (p, v) => p with { MaxPending = v },
                "Connections that may be before or in their handshake besides those, and at most a quarter of maxConnections. Beyond, one of the "
                + "address that has most of them is closed.").Reloadable().Formerly("handshakes.waiting"),
            s_handshakes.Setting("maxPerSecond", SettingKinds.Number(1, 100_000), p => p.MaxPerSecond, (p, v) => p with { MaxPerSecond = v },
                "TLS handshakes a second; the others wait. A quarter is kept for addresses (IPv6: /64 networks) from which an agent or operator is "
                + "connected, or was within the last hour.").Reloadable().Formerly("handshakes.perSecond"),
            s_handshakes.Setting("maxPerSecondPerSource", SettingKinds.Number(1, 100_000), p => p.MaxPerSecondPerSource, (p, v) => p with { MaxPerSecondPerSource = v },
                "The same for one address from which none is.").Reloadable().Formerly("handshakes.perSecondPerSource"),
            s_handshakes.Setting("helloTimeout", SettingKinds.Duration(s_tenth, s_minute), p => p.HelloTimeout, (p, v) => p with { HelloTimeout = v },
                "How long a connection may take to send its ClientHello.").Reloadable(),
            s_handshakes.Setting("timeout", SettingKinds.Duration(s_second, s_minute), p => p.Timeout, (p, v) => p with { Timeout = v },
                "How long a handshake may take from then on."),
        ]),
        new("Connections without a certificate of this fleet: hosts that are installed and enrolled, operators who log in, and strangers.",
        [
            s_anonymous.Setting("maxConnectionsPercent", SettingKinds.Number(1, 50), p => p.MaxConnectionsPercent, (p, v) => p with { MaxConnectionsPercent = v },
                "Their connections, in percent of maxConnections. Beyond, one of the address that has most of them is closed.").Reloadable(),
            s_anonymous.Setting("idleTimeout", SettingKinds.Duration(s_second, 10 * s_minute), p => p.IdleTimeout, (p, v) => p with { IdleTimeout = v },
                "How long such a connection may be without a call.").Reloadable(),
            s_anonymous.Setting("maxDownloads", SettingKinds.Number(1, 1024), p => p.MaxDownloads, (p, v) => p with { MaxDownloads = v },
                "Artifacts that they may download at once.").Reloadable(),
            s_anonymous.Setting("maxDownloadsPerSource", SettingKinds.Number(1, 1024), p => p.MaxDownloadsPerSource, (p, v) => p with { MaxDownloadsPerSource = v },
                "Of these, from one address.").Reloadable(),
        ]),
        new("Certificates. Each is renewed at two thirds of its lifetime.",
        [
            s_certificates.Setting("agentLifetime", s_lifetime, p => p.AgentLifetime, (p, v) => p with { AgentLifetime = v },
                "Lifetime of agents' certificates, for those issued from then on.").Reloadable().Formerly("certificates.agentLife"),
            s_certificates.Setting("operatorLifetime", s_lifetime, p => p.OperatorLifetime, (p, v) => p with { OperatorLifetime = v },
                "Lifetime of operators' certificates, for those issued from then on.").Reloadable().Formerly("certificates.operatorLife"),
            s_certificates.Setting("controllerLifetime", s_lifetime, p => p.ControllerLifetime, (p, v) => p with { ControllerLifetime = v },
                "Lifetime of the controller's certificate.").Formerly("certificates.controllerLife"),
        ]),
        new("Agents and their connections.",
        [
            s_link.Setting("heartbeatTimeout", SettingKinds.Duration(s_second, 10 * s_minute), p => p.HeartbeatTimeout, (p, v) => p with { HeartbeatTimeout = v },
                "Silence after which an agent's connection is closed. Heartbeats are sent at a third of it.").Formerly("link.silenceLimit"),
            s_link.Setting("helloTimeout", SettingKinds.Duration(s_second, 5 * s_minute), p => p.HelloTimeout, (p, v) => p with { HelloTimeout = v },
                "How long an agent's new connection may take to say hello.").Reloadable().Formerly("link.helloTimeout"),
            s_link.Setting("writeTimeout", SettingKinds.Duration(s_second, 10 * s_minute), p => p.WriteTimeout, (p, v) => p with { WriteTimeout = v },
                "How long a message may wait for an agent that does not read.").Reloadable().Formerly("link.writeStallLimit"),
            s_link.Setting("maxPendingBytes", SettingKinds.Size(1 << 20, int.MaxValue), p => p.MaxPendingBytes, (p, v) => p with { MaxPendingBytes = (int)v },
                "Records of all agents that may wait to be stored.").Formerly("link.ingestTotalBytes"),
            s_agents.Setting("maxHitsPerMinute", SettingKinds.Number(60, 10_000_000), p => p.MaxHitsPerMinute, (p, v) => p with { MaxHitsPerMinute = v },
                "Hits that one agent may report a minute. Beyond it its reports are acknowledged later, so that it slows down; of what it sends "
                + "nevertheless the surplus is counted by kind of line.").Reloadable().Formerly("agents.hitsPerMinute"),
            s_agents.Setting("maxHitsPerMinutePerScan", SettingKinds.Number(60, 10_000_000), p => p.MaxHitsPerMinutePerScan, (p, v) => p with { MaxHitsPerMinutePerScan = v },
                "Hits a minute that one scan of an agent may report while the agent is slowed down and has other scans. The surplus is counted by kind of "
                + "line at once, so that the agent's other scans are not held up.").Reloadable().Formerly("agents.hitsPerMinutePerScan"),
            s_agents.Setting("holdDuplicates", SettingKinds.Switch, p => p.HoldDuplicates, (p, v) => p with { HoldDuplicates = v },
                "Whether new tasks of an agent whose identity two processes use (a copied state directory, a cloned machine, a stolen key) wait until an "
                + "operator has decided (`fleet agents clear-duplicate`)."),
        ]),
        new("Dispatch of tasks.",
        [
            s_dispatch.Setting("lostTimeout", SettingKinds.Duration(s_second, s_day), p => p.LostTimeout, (p, v) => p with { LostTimeout = v },
                "Silence about a task beyond its own timeouts before it is given up.").Reloadable().Formerly("dispatch.lostAfter"),
            s_dispatch.Setting("cancelTimeout", SettingKinds.Duration(s_second, s_day), p => p.CancelTimeout, (p, v) => p with { CancelTimeout = v },
                "How long a connected agent may take, beyond the kill grace, to answer that a task which has not started is to end (--deadline, jobs "
                + "cancel); then the controller ends it.").Reloadable().Formerly("dispatch.answerWithin"),
            s_dispatch.Setting("reconnectGracePeriod", SettingKinds.Duration(TimeSpan.Zero, s_hour), p => p.ReconnectGracePeriod, (p, v) => p with { ReconnectGracePeriod = v },
                "How long an agent may be disconnected before its pending tasks expire.").Reloadable().Formerly("dispatch.reconnectGrace"),
            s_dispatch.Setting("maxTasksPerAgent", SettingKinds.Number(1, 4096), p => p.MaxTasksPerAgent, (p, v) => p with { MaxTasksPerAgent = v },
                "Tasks that one agent may have at once."),
            s_dispatch.Setting("maxOpenJobs", SettingKinds.Number(1, 100_000), p => p.MaxOpenJobs, (p, v) => p with { MaxOpenJobs = v },
                "Jobs that may be open at once.").Reloadable(),
        ]),
        new("Messages of alerts.",
        [
            s_notify.Setting("attemptTimeout", SettingKinds.Duration(s_second, 5 * s_minute), p => p.AttemptTimeout, (p, v) => p with { AttemptTimeout = v },
                "How long an attempt to send one may take.").Reloadable(),
            s_notify.Setting("initialBackoff", SettingKinds.Duration(s_tenth, s_day), p => p.InitialBackoff, (p, v) => p with { InitialBackoff = v },
                "Time before the second attempt; it doubles before each further one.").Reloadable().Formerly("notify.firstPause"),
            s_notify.Setting("maxBackoff", SettingKinds.Duration(s_second, s_day), p => p.MaxBackoff, (p, v) => p with { MaxBackoff = v },
                "Longest time between two attempts.").Reloadable().Formerly("notify.longestPause"),
            s_notify.Setting("retryTimeout", SettingKinds.Duration(s_second, 30 * s_day), p => p.RetryTimeout, (p, v) => p with { RetryTimeout = v },
                "How long it is tried before a message is given up. `fleet alerts` shows what was given up.").Reloadable().Formerly("notify.giveUpAfter"),
            s_notify.Setting("maxConcurrent", SettingKinds.Number(1, 64), p => p.MaxConcurrent, (p, v) => p with { MaxConcurrent = v },
                "Messages that a webhook may get at once; mails and commands go one by one.").Reloadable(),
            s_notify.Setting("groupThreshold", SettingKinds.Number(2, 1_000_000).OrOff(), p => p.GroupThreshold, (p, v) => p with { GroupThreshold = v },
                "From so many waiting messages of one scan, pattern and state on a channel gets one message for all of them; from 2 on where it limits its "
                + "rate.").Reloadable().Formerly("notify.foldFrom"),
        ]),
        new("What is kept, and how long. Off (or 0) keeps it forever, or without a bound.",
        [
            s_retention.Setting("maxOutputAge", SettingKinds.Duration(s_minute, s_maxAge).OrOff(), p => p.MaxOutputAge, (p, v) => p with { MaxOutputAge = v },
                "Age at which the output of finished jobs is removed.").Reloadable().Formerly("upkeep.maxOutputAge"),
            s_retention.Setting("maxOutputBytes", SettingKinds.Size(1 << 20, 1L << 50).OrOff(), p => p.MaxOutputBytes, (p, v) => p with { MaxOutputBytes = v },
                "Output of all jobs that is kept; the oldest is removed first.").Reloadable().Formerly("upkeep.maxOutputBytes"),
            s_retention.Setting("maxJobAge", SettingKinds.Duration(s_minute, s_maxAge).OrOff(), p => p.MaxJobAge, (p, v) => p with { MaxJobAge = v },
                "Age at which finished jobs are removed, their output with them.").Reloadable().Formerly("upkeep.maxJobAge"),
            s_retention.Setting("maxHitAge", SettingKinds.Duration(s_minute, s_maxAge).OrOff(), p => p.MaxHitAge, (p, v) => p with { MaxHitAge = v },
                "Age at which hits of scans are removed where the scan does not say it (retention).").Reloadable().Formerly("upkeep.maxHitAge"),
            s_retention.Setting("maxHits", SettingKinds.Number(1000, int.MaxValue).OrOff(), p => p.MaxHits, (p, v) => p with { MaxHits = v },
                "Hits of all scans that are kept. Beyond it the oldest are removed of those agents that have more than their share, and of their scans "
                + "those that have: one that reports much takes nothing from the others. A million takes some 500 MB.").Reloadable().Formerly("upkeep.maxHits"),
            s_retention.Setting("maxAlertAge", SettingKinds.Duration(s_minute, s_maxAge).OrOff(), p => p.MaxAlertAge, (p, v) => p with { MaxAlertAge = v },
                "Age at which resolved alerts are removed.").Reloadable().Formerly("upkeep.maxAlertAge"),
            s_retention.Setting("confirmClock", SettingKinds.Date.OrNone(), p => p.ConfirmClock, (p, v) => p with { ConfirmClock = v },
                "Today's date, where the log says that the clock is not believed and the clock is right: what is old is then removed at once instead of "
                + "after a day. It means nothing on other days.").Unset("none", "2026-11-30").Reloadable().Formerly("upkeep.confirmClock"),
            s_retention.Setting("interval", SettingKinds.Duration(s_second, s_day), p => p.Interval, (p, v) => p with { Interval = v },
                "Time between two looks at what is old. The first comes after a whole interval.").Formerly("upkeep.period"),
        ]),
        LogSettings.Section<ControllerOptions>(o => o.Log, (o, p) => o with { Log = p }, "/var/lib/fleet-controller/log/controller.log", static _ => null),
    ]) { Rules = Rules };

    private static SettingKind<IPEndPoint> Endpoint => new(
        "address:port",
        // "7443" alone would parse as the address 0.0.29.19, and a missing port as port 0.
        text => text.LastIndexOf(':') is var colon and >= 0 && int.TryParse(text.AsSpan(colon + 1), out _) && IPEndPoint.TryParse(text, out var endpoint)
            ? (endpoint, null)
            : (new IPEndPoint(IPAddress.Any, 0), "give ADDRESS:PORT with an IP address of this host, such as 0.0.0.0:7443 or [::]:7443"),
        endpoint => endpoint.ToString());

    private static SettingKind<string?> Address => new(
        "host or host:port", text => ControllerAddress.TryParse(text, out _, out var error) ? (text, null) : (null, error), address => address);

    private static IEnumerable<(string Key, string Message)> Rules(ControllerOptions options)
    {
        if (options.Retention.MaxJobAge < options.Retention.MaxOutputAge)
            yield return ("retention.maxJobAge", "retention.maxJobAge must not be shorter than retention.maxOutputAge");
        var socket = new DataDirectory(options.Data).SocketPath;
        if (Encoding.UTF8.GetByteCount(socket) > MaxSocketPathBytes)
            yield return ("data", $"data: the path is too long for a socket in it: {socket} has more than {MaxSocketPathBytes} bytes");
    }
}
