namespace Fleet.Storage;

/// <summary>That an agent was given a scan.</summary>
/// <param name="AgentId">The agent.</param>
/// <param name="Scan">The scan's name.</param>
/// <param name="Revision">The highest revision that it was sent.</param>
/// <param name="Until">When it was sent a set without the scan; null: it still has it.</param>
public sealed record ScanAssignmentRecord(string AgentId, string Scan, long Revision, DateTimeOffset? Until);
