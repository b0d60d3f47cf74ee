using Fleet.Controller.Control;
using Fleet.Controller.Dispatch;
using Fleet.Controller.Registry;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Jobs;

/// <summary>What the controller's status says of agents and jobs.</summary>
internal sealed class FleetStatus(AgentRegistry registry, OpenJobs open) : IStatusSource
{
    /// <inheritdoc/>
    public void Describe(ControllerStatus status)
    {
        status.AgentsEnrolled = (uint)registry.Count;
        status.AgentsOnline = (uint)registry.OnlineCount;
        status.JobsOpen = (uint)open.Count;
    }
}
