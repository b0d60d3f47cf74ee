namespace Fleet.Storage;

/// <summary>What is remembered of one agent.</summary>
public sealed record AgentRecord
{
    /// <summary>The agent's id; never reused.</summary>
    public required string Id { get; init; }

    /// <summary>Unique among active agents, ignoring case.</summary>
    public required string Name { get; init; }

    /// <summary>Chosen by the agent when it enrolls: the same enrollment sent twice makes one agent.</summary>
    public required string EnrollmentId { get; init; }

    /// <summary>Whether it belongs to the fleet.</summary>
    public AgentState State { get; init; }

    /// <summary>Set by operators and tokens.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Reported by the agent.</summary>
    public required IReadOnlyDictionary<string, string> Facts { get; init; }

    /// <summary>When the facts were reported; null before the first report.</summary>
    public DateTimeOffset? FactsReportedAt { get; init; }

    /// <summary>Serial of its current certificate.</summary>
    public required string CertificateSerial { get; init; }

    /// <summary>When its current certificate ends.</summary>
    public required DateTimeOffset CertificateNotAfter { get; init; }

    /// <summary>When it enrolled.</summary>
    public required DateTimeOffset EnrolledAt { get; init; }

    /// <summary>Id of the token it enrolled with.</summary>
    public required string EnrolledByToken { get; init; }

    /// <summary>When it last connected; null if never.</summary>
    public DateTimeOffset? LastConnectedAt { get; init; }

    /// <summary>When its connection was last seen to end; null if never.</summary>
    public DateTimeOffset? LastDisconnectedAt { get; init; }

    /// <summary>Version of the agent's program, as last reported.</summary>
    public string? Version { get; init; }

    /// <summary>Which machine it runs on, as it says: a keyed hash of the machine id; null where it has not said.</summary>
    public string? Machine { get; init; }

    /// <summary>Since when it is known that two processes use its identity; null where that is not so, or an operator has decided.</summary>
    public DateTimeOffset? DuplicateSince { get; init; }

    /// <summary>What was seen of that, in words.</summary>
    public string? DuplicateNote { get; init; }
}
