using System.Collections.Concurrent;

namespace Fleet.Controller.Scans;

/// <summary>The meters of all agents that reported anything. In memory: a restart of the controller begins anew.</summary>
internal sealed class HitMeters
{
    private readonly ConcurrentDictionary<string, HitMeter> _byAgent = new(StringComparer.Ordinal);

    /// <summary>The agent's meter.</summary>
    public HitMeter Of(string agentId) => _byAgent.GetOrAdd(agentId, static _ => new HitMeter());

    /// <summary>The agent's meter where it has one.</summary>
    public HitMeter? Find(string agentId) => _byAgent.GetValueOrDefault(agentId);

    /// <summary>Forgets an agent.</summary>
    public void Remove(string agentId) => _byAgent.TryRemove(agentId, out _);
}
