namespace Fleet.Storage;

/// <summary>One task of a new job.</summary>
/// <param name="AgentId">The agent that is to run it.</param>
/// <param name="AgentName">The agent's name at that time.</param>
/// <param name="DeliverBy">When it expires unless delivered; null for never.</param>
public sealed record NewTask(string AgentId, string AgentName, DateTimeOffset? DeliverBy = null);
