using System.Collections.Concurrent;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Scans;

/// <summary>How scans fare on the agents, by their last word. In memory only: they tell it again.</summary>
internal sealed class ScanStateCache
{
    private readonly ConcurrentDictionary<string, ScanStates> _byAgent = new(StringComparer.Ordinal);

    /// <summary>Takes an agent's word.</summary>
    public void Put(string agentId, ScanStates states) => _byAgent[agentId] = states;

    /// <summary>Forgets an agent.</summary>
    public void Remove(string agentId) => _byAgent.TryRemove(agentId, out _);

    /// <summary>How a scan fares on an agent; null where it has not said.</summary>
    public ScanState? Find(string agentId, string scan) =>
        _byAgent.TryGetValue(agentId, out var states) ? states.Scans.FirstOrDefault(state => state.Name == scan) : null;
}
