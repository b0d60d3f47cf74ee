using Fleet.Agent.Scanning;
using Fleet.Protocol.Identity;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent.Settings;

/// <summary>All that can be set about an agent. An immutable snapshot: made at the start, read by all.</summary>
internal sealed record AgentSettings
{
    /// <summary>Where the agent keeps its identity and its journal. The default is /var/lib/fleet-agent.</summary>
    public string State { get; init; } = "/var/lib/fleet-agent";

    /// <summary>Where the controller is. The default is where the agent was enrolled.</summary>
    public ControllerAddress? Controller { get; init; }

    /// <summary>How the controller is reached. The default is as the agent was enrolled.</summary>
    public ProxyChoice Proxy { get; init; } = new();

    /// <summary>Tasks that run at the same time. The default is 8.</summary>
    public int MaxTasks { get; init; } = 8;

    /// <summary>Tasks that wait for one of those places; more are rejected. The default is 256.</summary>
    public int MaxQueuedTasks { get; init; } = 256;

    /// <summary>Bytes that undelivered records may take on disk. The default is 256 MiB.</summary>
    public long JournalLimitBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Users that tasks may run as, besides the agent's own; null means any. The default is any.</summary>
    public IReadOnlyList<string>? AllowRunAs { get; init; }

    /// <summary>Variables of the agent's own environment that tasks get, besides those for language and time zone. The default is none.</summary>
    public IReadOnlyList<string> PassEnvironment { get; init; } = [];

    /// <summary>What standing scans may take.</summary>
    public ScanSettings Scans { get; init; } = new();

    /// <summary>What is logged.</summary>
    public LogSettings Log { get; init; } = new();
}

/// <summary>The form of log lines.</summary>
internal enum LogFormat
{
    /// <summary>A line of text for people.</summary>
    Text,

    /// <summary>A JSON object a line.</summary>
    Json,
}

/// <summary>What is logged, and where to.</summary>
internal sealed record LogSettings
{
    /// <summary>The least that is logged. The default is information.</summary>
    public LogLevel Level { get; init; } = LogLevel.Information;

    /// <summary>Form of the lines on standard output. The default is text.</summary>
    public LogFormat Format { get; init; } = LogFormat.Text;

    /// <summary>A file to log to besides, as JSON; null for none, which is the default.</summary>
    public string? File { get; init; }

    /// <summary>Where the file rolls over, in bytes. The default is 10 MiB.</summary>
    public long FileBytes { get; init; } = 10L * 1024 * 1024;

    /// <summary>Files kept. The default is 5.</summary>
    public int FilesKept { get; init; } = 5;
}
