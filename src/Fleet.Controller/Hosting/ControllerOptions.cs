using System.Net;
using Fleet.Controller.Admission;
using Fleet.Controller.Agents;
using Fleet.Controller.Dispatch;
using Fleet.Controller.Identity;
using Fleet.Controller.Logging;
using Fleet.Controller.Notifications;
using Fleet.Controller.Upkeep;
using LinkOptions = Fleet.Controller.Link.LinkOptions;

namespace Fleet.Controller.Hosting;

/// <summary>All settings of a controller. <see cref="Settings.SettingsTable"/> names them for operators.</summary>
internal sealed class ControllerOptions
{
    /// <summary>Where everything is kept. The default is <c>/var/lib/fleet-controller</c>.</summary>
    public string Data { get; set; } = "/var/lib/fleet-controller";

    /// <summary>What the store is kept in. The default is SQLite.</summary>
    public StoreKind Store { get; set; } = StoreKind.Sqlite;

    /// <summary>Where agents and operators connect to. The default is <c>0.0.0.0:7443</c>.</summary>
    public IPEndPoint Listen { get; set; } = new(IPAddress.Any, 7443);

    /// <summary>The address that agents and operators are told to use. The default is this host's name and the port it listens on.</summary>
    public string? Advertise { get; set; }

    /// <summary>What hosts get their agent from. The default is <c>/usr/share/fleet-controller/artifacts</c>.</summary>
    public string Artifacts { get; set; } = "/usr/share/fleet-controller/artifacts";

    /// <summary>
    /// Connections at once; more wait in the kernel's backlog. Lowered at the start where the process may not have so many files open.
    /// The default is 15,000.
    /// </summary>
    public int MaxConnections { get; set; } = 15_000;

    /// <summary>How long a stop may take before connections are cut. The default is 10 s.</summary>
    public TimeSpan StopWithin { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Calls that one operator may have in progress at once, however many connections they come by. The default is 256.</summary>
    public int MaxCallsPerOperator { get; set; } = 256;

    /// <summary>Artifacts that agents may fetch at once. The default is 32.</summary>
    public int MaxAgentDownloads { get; set; } = 32;

    /// <summary>
    /// Bytes a second that whoever fetches an artifact must take; who falls behind by 10 s is cut off, and an agent goes on from there. The
    /// default is 16 KiB.
    /// </summary>
    public long MinDownloadRate { get; set; } = 16 << 10;

    /// <summary>Newcomers.</summary>
    public HandshakeOptions Handshakes { get; } = new();

    /// <summary>Whoever shows no certificate.</summary>
    public AnonymousOptions Anonymous { get; } = new();

    /// <summary>Lives of certificates.</summary>
    public CertificateOptions Certificates { get; } = new();

    /// <summary>Agents' links.</summary>
    public LinkOptions Link { get; } = new();

    /// <summary>Dispatch of tasks.</summary>
    public DispatchOptions Dispatch { get; } = new();

    /// <summary>What is asked of agents.</summary>
    public AgentsOptions Agents { get; } = new();

    /// <summary>Messages of alerts.</summary>
    public NotifyOptions Notify { get; } = new();

    /// <summary>What is kept, and how long.</summary>
    public UpkeepOptions Upkeep { get; } = new();

    /// <summary>The log.</summary>
    public LogOptions Log { get; } = new();

    /// <summary>What is told to agents and operators.</summary>
    public string AdvertisedAddress => Advertise ?? (Listen.Address.Equals(IPAddress.Any) || Listen.Address.Equals(IPAddress.IPv6Any)
        ? $"{Dns.GetHostName()}:{Listen.Port}"
        : Listen.ToString());
}
