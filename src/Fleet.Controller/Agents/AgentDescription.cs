using Fleet.Controller.Registry;
using Fleet.Controller.Scans;
using Fleet.Hosting.Settings;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Agents;

/// <summary>Puts together what operators see of an agent.</summary>
internal sealed class AgentDescription(HitMeters meters, Reloadable<AgentsOptions> options, TimeProvider time)
{
    /// <summary>An agent as it is now.</summary>
    public Agent Of(AgentEntry agent) =>
        AgentMessages.ToMessage(agent, meters.Find(agent.Id)?.Read(time.GetUtcNow()) ?? default, options.Value.HoldDuplicates);
}
