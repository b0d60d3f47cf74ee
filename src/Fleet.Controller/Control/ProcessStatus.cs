using System.Diagnostics;
using System.Reflection;
using Fleet.Controller.Admission;
using Fleet.Controller.Hosting;
using Fleet.Controller.Identity;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Control;

/// <summary>What the process knows about itself.</summary>
internal sealed class ProcessStatus(DataDirectory data, IdentityDirectory identities, HandshakeGate handshakes) : IStatusSource
{
    // Of the process, not of this object: that is made when somebody asks for the first time.
    private readonly long _startedMs = new DateTimeOffset(Process.GetCurrentProcess().StartTime).ToUnixTimeMilliseconds();

    /// <summary>The version of this program.</summary>
    public static string Version { get; } =
        typeof(ProcessStatus).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <inheritdoc/>
    public void Describe(ControllerStatus status)
    {
        status.Version = Version;
        status.StartedMs = _startedMs;
        status.AgentsEnrolled = (uint)identities.AgentCount;
        status.HandshakesWaiting = (uint)handshakes.Waiting;
        status.StoreBytes = (ulong)data.StoreBytes;
    }
}
