using Fleet.Controller.Dispatch;
using Fleet.Controller.Identity;
using Fleet.Controller.Registry;
using Fleet.Controller.Scans;
using Fleet.Storage;

namespace Fleet.Controller.Agents;

/// <summary>Keeps the registry, and with it dispatch, in step with who belongs to the fleet. Links are cut by the identity room itself.</summary>
internal sealed class IdentityFollower(
    AgentRegistry registry, Dispatcher dispatcher, ScanStateCache scanStates, AssignmentRegistry assignments, HitMeters meters) : IIdentityListener
{
    /// <inheritdoc/>
    public void AgentEnrolled(AgentRecord agent) => registry.Put(agent);

    /// <inheritdoc/>
    public void AgentRemoved(AgentRecord agent, string reason)
    {
        registry.Remove(agent.Id);
        dispatcher.AgentRemoved(agent.Id);
        scanStates.Remove(agent.Id);
        assignments.Remove(agent.Id);
        meters.Remove(agent.Id);
    }
}
