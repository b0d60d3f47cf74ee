namespace Fleet.Controller.Registry;

/// <summary>Whether an agent is there. An immutable snapshot; presence lives in memory only.</summary>
internal abstract record AgentPresence
{
    /// <summary>The agent has a link.</summary>
    public sealed record Linked(IAgentLink Link) : AgentPresence;

    /// <summary>The agent has none.</summary>
    /// <param name="Since">When its last link ended; null where that is not known.</param>
    /// <param name="Reason">Why, for people.</param>
    public sealed record Away(DateTimeOffset? Since, string Reason) : AgentPresence
    {
        /// <summary>When it was last heard, which is before its silence was noticed; null where that is not known.</summary>
        public DateTimeOffset? LastHeard { get; init; }
    }
}
