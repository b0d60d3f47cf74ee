using System.Net;
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

    /// <summary>Where agents and operators connect to. The default is <c>0.0.0.0:7443</c>.</summary>
    public IPEndPoint Listen { get; set; } = new(IPAddress.Any, 7443);

    /// <summary>The address that agents and operators are told to use. The default is this host's name and the port it listens on.</summary>
    public string? Advertise { get; set; }

    /// <summary>What hosts get their agent from. The default is <c>/usr/share/fleet-controller/artefacts</c>.</summary>
    public string Artefacts { get; set; } = "/usr/share/fleet-controller/artefacts";

    /// <summary>Connections at once; more are closed. The default is 15,000, below the usual limit on open files of 20,000.</summary>
    public int MaxConnections { get; set; } = 15_000;

    /// <summary>How long a stop may take before connections are cut. The default is 10 s.</summary>
    public TimeSpan StopWithin { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Newcomers.</summary>
    public HandshakeOptions Handshakes { get; } = new();

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
