using Fleet.Controller.Hosting;
using Fleet.Controller.Identity;
using Fleet.Hosting.Settings;
using Google.Protobuf;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Artifacts;

/// <summary>Says what the line that installs an agent is made of.</summary>
internal sealed class InstallationSource(ArtifactStore shelf, CertificateAuthority authority, Reloadable<ControllerOptions> options)
{
    /// <summary>Describes it as it is now; null, and a fault for the operator, where there is no agent to give.</summary>
    public V1.Installation? Describe(out string? fault)
    {
        fault = null;
        try
        {
            if (shelf.FindAgents() is [var first, ..] agents)
            {
                return new V1.Installation
                {
                    Address = options.Value.Advertise ?? "",
                    KeySha256 = ByteString.CopyFrom(authority.ControllerKeyHash),
                    AgentVersion = first.Version,
                    Agents = { agents.Select(agent => new V1.InstallationAgent { Architecture = agent.Architecture, Version = agent.Version }) },
                };
            }

            fault = $"the controller has no agent to install: put install.sh and fleet-agent-VERSION-linux-x64.tar.gz (or -linux-arm64) into {shelf.Directory}, "
                + "or set \"artifacts\" to where they are";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            fault = $"the controller cannot read {shelf.Directory}: {e.Message}";
        }

        return null;
    }
}
