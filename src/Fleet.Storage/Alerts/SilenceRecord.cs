namespace Fleet.Storage;

/// <summary>Holds back messages of alerts that it matches, until it expires. Empty fields match all.</summary>
public sealed record SilenceRecord
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Glob of scan names.</summary>
    public string Scan { get; init; } = "";

    /// <summary>Glob of pattern names.</summary>
    public string Pattern { get; init; } = "";

    /// <summary>Glob of agent names.</summary>
    public string AgentName { get; init; } = "";

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Who made it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>Why.</summary>
    public string Comment { get; init; } = "";
}
