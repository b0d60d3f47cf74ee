namespace Fleet.Controller.Registry;

/// <summary>What became of a target.</summary>
internal abstract record TargetOutcome
{
    /// <summary>It means these agents.</summary>
    /// <param name="Agents">In natural order of their names; at least one.</param>
    /// <param name="Unknown">Names that it mentions and that no agent has.</param>
    /// <param name="Digest">SHA-256 over the sorted ids, in hexadecimal.</param>
    public sealed record Resolved(IReadOnlyList<AgentEntry> Agents, IReadOnlyList<string> Unknown, string Digest) : TargetOutcome;

    /// <summary>It is malformed; the reason says where and how to fix it.</summary>
    public sealed record Malformed(string Reason) : TargetOutcome;

    /// <summary>It means nobody.</summary>
    public sealed record Nobody(string Reason) : TargetOutcome;

    /// <summary>It does not mean the agents of the preview any more.</summary>
    public sealed record Changed(string Reason) : TargetOutcome;
}
