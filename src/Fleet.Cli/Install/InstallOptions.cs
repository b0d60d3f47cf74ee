using Fleet.Protocol.Identity;

namespace Fleet.Cli.Install;

/// <summary>How a bootstrap over ssh goes over its hosts.</summary>
internal sealed record InstallOptions
{
    /// <summary>Hosts at work at once. The default is 16.</summary>
    public int Parallel { get; init; } = 16;

    /// <summary>How long a connection may take to come about (ssh's ConnectTimeout). The default is 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For one host, from the start of ssh to the agent's link. The default is 5 min.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For all hosts together. The default is 1 h.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long, once the host is done, the controller may take to see the agent's link. The default is 30 s.</summary>
    public TimeSpan LinkTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Let a host take over the name of an enrolled agent (a reinstalled host).</summary>
    public bool Replace { get; init; }

    /// <summary>Labels for every agent that joins, KEY=VALUE.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>The labels that an agent joins with: those for all of them, then its own.</summary>
    public IReadOnlyList<string> LabelsOf(InstallTarget target) => [.. Labels, .. target.Labels];

    /// <summary>The proxy through which hosts reach the controller. The default is none.</summary>
    public ProxyAddress? Proxy { get; init; }

    /// <summary>Further options for ssh.</summary>
    public IReadOnlyList<string> SshOptions { get; init; } = [];

    /// <summary>Only say what would be done.</summary>
    public bool DryRun { get; init; }

    /// <summary>One JSON object per line instead of the report.</summary>
    public bool Json { get; init; }
}
