using Fleet.Controller.Registry;

namespace Fleet.Controller.Dispatch;

/// <summary>What dispatch knows of one agent's link. Owned by the dispatch loop.</summary>
internal sealed class LinkState(string agentId, DateTimeOffset awaySince)
{
    /// <summary>The agent.</summary>
    public string AgentId { get; } = agentId;

    /// <summary>The live link; null while the agent is away.</summary>
    public IAgentLink? Link { get; private set; }

    /// <summary>Which life of the host and of its journal is linked, or was last.</summary>
    public string? Incarnation { get; private set; }

    /// <summary>Since when there is a link; meaningful only while there is one.</summary>
    public DateTimeOffset LinkedSince { get; private set; }

    /// <summary>Since when there is no link; meaningful only while there is none.</summary>
    public DateTimeOffset AwaySince { get; private set; } = awaySince;

    /// <summary>Tasks handed over and not ended.</summary>
    public int InFlight { get; set; }

    /// <summary>Every task of this agent, in any job, that has not ended.</summary>
    public List<TaskSlot> Open { get; } = [];

    /// <summary>Whether the agent is there.</summary>
    public bool IsLinked => Link is not null;

    /// <summary>Whether the agent has been removed from the fleet and will never be there again.</summary>
    public bool IsRemoved { get; private set; }

    /// <summary>Since when new tasks wait until an operator has decided whose identity it is; null: they do not.</summary>
    public DateTimeOffset? HeldSince { get; private set; }

    /// <summary>New tasks wait from then on, or (null) go out again.</summary>
    public void Hold(DateTimeOffset? since) => HeldSince = since;

    /// <summary>A link began; an earlier one is forgotten.</summary>
    /// <param name="link">The new link.</param>
    /// <param name="incarnation">Which life of host and journal it is.</param>
    /// <param name="held">The tasks that the agent has, by id.</param>
    /// <param name="now">The present time.</param>
    public void Attach(IAgentLink link, string incarnation, IReadOnlySet<string> held, DateTimeOffset now)
    {
        // A link that takes the place of another ends an absence of no length.
        if (IsLinked)
            AwaySince = now;
        Link = link;
        LinkedSince = now;
        Incarnation = incarnation;
        foreach (var slot in Open)
            slot.Relink(held.Count > 0 && held.Contains(slot.TaskId));
    }

    /// <summary>A link ended; false where a newer one had already taken its place.</summary>
    public bool Detach(IAgentLink link, DateTimeOffset at)
    {
        if (!ReferenceEquals(Link, link))
            return false;

        Link = null;
        AwaySince = at;
        return true;
    }

    /// <summary>The agent was removed.</summary>
    public void Remove(DateTimeOffset at)
    {
        IsRemoved = true;
        if (Link is { } link)
            Detach(link, at);
    }
}
