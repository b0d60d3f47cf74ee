using Fleet.Controller.Agents;
using Fleet.Controller.Registry;
using Fleet.Hosting.Settings;

namespace Fleet.Controller.Dispatch;

/// <summary>The link states of all agents that dispatch has had to do with. Owned by the dispatch loop.</summary>
internal sealed class LinkStates(AgentRegistry registry, Reloadable<AgentsOptions> options, TimeProvider time)
{
    private readonly Dictionary<string, LinkState> _states = new(StringComparer.Ordinal);

    /// <summary>The agent's state; one that is not in the registry counts as removed.</summary>
    public LinkState Of(string agentId)
    {
        if (_states.TryGetValue(agentId, out var state))
            return state;

        var now = time.GetUtcNow();
        var entry = registry.Find(agentId);
        state = new LinkState(agentId, entry is null ? now : registry.AwaySince(entry));
        if (entry is null)
            state.Remove(now);
        else if (options.Value.HoldDuplicates)
            state.Hold(entry.Record.DuplicateSince);
        _states.Add(agentId, state);
        return state;
    }

    /// <summary>The agent's state where there is one.</summary>
    public LinkState? Find(string agentId) => _states.GetValueOrDefault(agentId);
}
