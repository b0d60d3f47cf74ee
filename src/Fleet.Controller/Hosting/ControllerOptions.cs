using System.Net;
using Fleet.Controller.Admission;
using Fleet.Controller.Agents;
using Fleet.Controller.Dispatch;
using Fleet.Controller.Identity;
using Fleet.Controller.Notifications;
using Fleet.Controller.Upkeep;
using Fleet.Hosting.Logging;
using LinkOptions = Fleet.Controller.Link.LinkOptions;

namespace Fleet.Controller.Hosting;

/// <summary>All that can be set about a controller. An immutable snapshot; bounds and meaning are in <see cref="ControllerSettings"/>.</summary>
internal sealed record ControllerOptions
{
    /// <summary>Where everything is kept.</summary>
    public string Data { get; init; } = "/var/lib/fleet-controller";

    /// <summary>What the store is kept in.</summary>
    public StoreKind Store { get; init; } = StoreKind.Sqlite;

    /// <summary>Where agents and operators connect to.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Any, 7443);

    /// <summary>The address that agents and operators are told to use; null: this host's name and the port it listens on.</summary>
    public string? Advertise { get; init; }

    /// <summary>What hosts get their agent from.</summary>
    public string Artifacts { get; init; } = "/usr/share/fleet-controller/artifacts";

    /// <summary>Connections at once; more wait in the kernel's backlog.</summary>
    public int MaxConnections { get; init; } = 15_000;

    /// <summary>How long a stop may take before connections are closed.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Calls that one operator may have in progress at once, however many connections they come by.</summary>
    public int MaxCallsPerOperator { get; init; } = 256;

    /// <summary>Artifacts that agents may fetch at once.</summary>
    public int MaxAgentDownloads { get; init; } = 32;

    /// <summary>Bytes a second that whoever fetches an artifact must take.</summary>
    public long MinDownloadRate { get; init; } = 16 << 10;

    /// <summary>Newcomers.</summary>
    public HandshakeOptions Handshakes { get; init; } = new();

    /// <summary>Whoever shows no certificate.</summary>
    public AnonymousOptions Anonymous { get; init; } = new();

    /// <summary>Lifetimes of certificates.</summary>
    public CertificateOptions Certificates { get; init; } = new();

    /// <summary>Agents' connections.</summary>
    public LinkOptions Link { get; init; } = new();

    /// <summary>Dispatch of tasks.</summary>
    public DispatchOptions Dispatch { get; init; } = new();

    /// <summary>What is asked of agents.</summary>
    public AgentsOptions Agents { get; init; } = new();

    /// <summary>Messages of alerts.</summary>
    public NotifyOptions Notify { get; init; } = new();

    /// <summary>What is kept, and how long.</summary>
    public RetentionOptions Retention { get; init; } = new();

    /// <summary>The log.</summary>
    public LogOptions Log { get; init; } = new() { FileBytes = 64L << 20, FilesKept = 14 };

    /// <summary>What is told to agents and operators.</summary>
    public string AdvertisedAddress => Advertise ?? (Listen.Address.Equals(IPAddress.Any) || Listen.Address.Equals(IPAddress.IPv6Any)
        ? $"{Dns.GetHostName()}:{Listen.Port}"
        : Listen.ToString());
}
