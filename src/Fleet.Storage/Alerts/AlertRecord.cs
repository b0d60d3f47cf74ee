namespace Fleet.Storage;

/// <summary>An alert: at most one that is not resolved for each fingerprint.</summary>
public sealed record AlertRecord
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The scan it comes from.</summary>
    public required string Scan { get; init; }

    /// <summary>The pattern that matched.</summary>
    public required string Pattern { get; init; }

    /// <summary>What is one alert.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The agent; empty where it is the fleet's.</summary>
    public string AgentName { get; init; } = "";

    /// <summary>The kind of line; empty where it is of several.</summary>
    public string Template { get; init; } = "";

    /// <summary>How severe.</summary>
    public required int Severity { get; init; }

    /// <summary>Where it stands.</summary>
    public required AlertState State { get; init; }

    /// <summary>Its first hit.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it was raised.</summary>
    public DateTimeOffset? FiredAt { get; init; }

    /// <summary>Its latest hit.</summary>
    public required DateTimeOffset LastHitAt { get; init; }

    /// <summary>When it became quiet.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>Its hits.</summary>
    public required long Count { get; init; }

    /// <summary>Hosts and examples, as the controller wrote them.</summary>
    public byte[] Detail { get; init; } = [];

    /// <summary>The silence that holds its messages back.</summary>
    public string? SilenceId { get; init; }

    /// <summary>Who acknowledged it; not written by <see cref="IAlertStore.CommitAsync"/>.</summary>
    public string? AcknowledgedBy { get; init; }

    /// <summary>When it was acknowledged.</summary>
    public DateTimeOffset? AcknowledgedAt { get; init; }

    /// <summary>What was said to it.</summary>
    public string? Acknowledgement { get; init; }
}
