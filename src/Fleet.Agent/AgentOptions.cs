using Fleet.Agent.Link;
using Fleet.Agent.Scanning;
using Fleet.Hosting.Logging;
using Fleet.Protocol.Identity;

namespace Fleet.Agent;

/// <summary>All that can be set about an agent. An immutable snapshot; bounds and meaning are in <see cref="AgentSettings"/>.</summary>
internal sealed record AgentOptions
{
    /// <summary>Where the agent keeps its identity and its journal.</summary>
    public string State { get; init; } = "/var/lib/fleet-agent";

    /// <summary>Where the controller is; null: where the agent was enrolled.</summary>
    public ControllerAddress? Controller { get; init; }

    /// <summary>How the controller is reached.</summary>
    public ProxyChoice Proxy { get; init; } = new();

    /// <summary>
    /// Tasks that run at the same time. They mostly wait (for disks, peers, sleeps), so a few a core do no harm, while at default output limits
    /// one holds 400 kB at worst (chunk and tail of two streams).
    /// </summary>
    public int MaxTasks { get; init; } = 8;

    /// <summary>Tasks that wait for one of those places; more are rejected.</summary>
    public int MaxQueuedTasks { get; init; } = 256;

    /// <summary>Bytes that undelivered records may take on disk.</summary>
    public long MaxJournalBytes { get; init; } = 256L << 20;

    /// <summary>Users that tasks may run as, besides the agent's own; null means any.</summary>
    public IReadOnlyList<string>? AllowRunAs { get; init; }

    /// <summary>Variables of the agent's own environment that tasks get, besides those for language and time zone.</summary>
    public IReadOnlyList<string> PassEnvironment { get; init; } = [];

    /// <summary>What standing scans may take.</summary>
    public ScanOptions Scans { get; init; } = new();

    /// <summary>What is logged.</summary>
    public LogOptions Log { get; init; } = new() { FileBytes = 10L << 20, FilesKept = 5 };
}
