namespace Fleet.Storage;

/// <summary>Something that a scan on an agent reported.</summary>
public sealed record Finding
{
    /// <summary>What it is.</summary>
    public required FindingKind Kind { get; init; }

    /// <summary>The scan's name.</summary>
    public required string Scan { get; init; }

    /// <summary>The agent's id.</summary>
    public required string AgentId { get; init; }

    /// <summary>The agent's name then.</summary>
    public required string AgentName { get; init; }

    /// <summary>Identifies it within agent and scan: the same id is stored once. At most 64 bytes.</summary>
    public required byte[] Id { get; init; }

    /// <summary>How severe, greater is worse; 0 for gaps.</summary>
    public int Severity { get; init; }

    /// <summary>The pattern that matched.</summary>
    public string Pattern { get; init; } = "";

    /// <summary>The log it was found in.</summary>
    public string Source { get; init; } = "";

    /// <summary>The text without what varies.</summary>
    public string Template { get; init; } = "";

    /// <summary>When the line was written, as far as known.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Whether its agent did not have the scan when the line was read. Such a finding raises no alert and counts in no total.</summary>
    public bool IsUnassigned { get; init; }

    /// <summary>How many lines it stands for; 0 for a gap.</summary>
    public long Count { get; init; } = 1;

    /// <summary>The line.</summary>
    public byte[] Text { get; init; } = [];

    /// <summary>The rest of it, as the controller wrote it.</summary>
    public byte[] Data { get; init; } = [];
}

/// <summary>A finding in the store.</summary>
/// <param name="Seq">Its position: the order of arrival.</param>
/// <param name="ReceivedAt">When it was stored.</param>
/// <param name="Finding">The finding.</param>
public sealed record StoredFinding(long Seq, DateTimeOffset ReceivedAt, Finding Finding);
