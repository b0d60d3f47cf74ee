namespace Fleet.Controller.Agents;

/// <summary>What is asked of agents as such.</summary>
public sealed class AgentsOptions
{
    /// <summary>
    /// Hits that one agent may report a minute. Beyond it its reports are acknowledged later, so that it slows down; what it sends nevertheless is
    /// counted by template. The default is 10,000: ten scans at the agents' own default.
    /// </summary>
    public int HitsPerMinute { get; set; } = 10_000;

    /// <summary>
    /// Hits a minute that one scan of an agent may report while the agent is slowed: the surplus is counted by template at once, so that the agent's
    /// other scans are not held up. What the agent read while it was not connected does not count. The default is 5,000.
    /// </summary>
    public int HitsPerMinutePerScan { get; set; } = 5_000;

    /// <summary>Whether new tasks wait for an operator's word where two processes use one identity. The default is true.</summary>
    public bool HoldDuplicates { get; set; } = true;
}
