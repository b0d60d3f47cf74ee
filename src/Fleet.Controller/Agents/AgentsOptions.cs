namespace Fleet.Controller.Agents;

/// <summary>What is asked of agents as such. Bounds and meaning are in <see cref="Hosting.ControllerSettings"/>.</summary>
public sealed record AgentsOptions
{
    /// <summary>
    /// Hits that one agent may report a minute: ten scans at the agents' own default. Beyond it its reports are acknowledged later, so that it
    /// slows down; what it sends nevertheless is counted by template.
    /// </summary>
    public int MaxHitsPerMinute { get; init; } = 10_000;

    /// <summary>
    /// Hits a minute that one scan of an agent may report while the agent is slowed: the surplus is counted by template at once, so that the agent's
    /// other scans are not held up. What the agent read while it was not connected does not count.
    /// </summary>
    public int MaxHitsPerMinutePerScan { get; init; } = 5_000;

    /// <summary>Whether new tasks wait for an operator's word where two processes use one identity.</summary>
    public bool HoldDuplicates { get; init; } = true;
}
