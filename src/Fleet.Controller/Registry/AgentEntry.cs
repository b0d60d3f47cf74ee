using Fleet.Storage;

namespace Fleet.Controller.Registry;

/// <summary>One enrolled agent: what is stored of it, and whether it is there. Readers get immutable snapshots of either.</summary>
internal sealed class AgentEntry(AgentRecord record, AgentPresence presence)
{
    private volatile AgentRecord _record = record;
    private volatile AgentPresence _presence = presence;

    /// <summary>Its id.</summary>
    public string Id => _record.Id;

    /// <summary>Its name.</summary>
    public string Name => _record.Name;

    /// <summary>What is stored of it. Only the registry sets it.</summary>
    public AgentRecord Record
    {
        get => _record;
        internal set => _record = value;
    }

    /// <summary>Whether it is there. Only the registry sets it.</summary>
    public AgentPresence Presence
    {
        get => _presence;
        internal set => _presence = value;
    }

    /// <summary>Its link; null while it is away.</summary>
    public IAgentLink? Link => (_presence as AgentPresence.Linked)?.Link;

    /// <summary>The last sign of life known; null if it never connected.</summary>
    public DateTimeOffset? LastSeen => _presence switch
    {
        AgentPresence.Linked linked => linked.Link.LastHeard,
        AgentPresence.Away away => away.LastHeard ?? away.Since ?? _record.LastDisconnectedAt ?? _record.LastConnectedAt,
        _ => null,
    };
}
