namespace Fleet.Storage;

/// <summary>In which order findings are read.</summary>
public enum FindingOrder
{
    /// <summary>By the time of the line, latest first.</summary>
    NewestFirst,

    /// <summary>By arrival, first come first; <see cref="FindingQuery.AfterSeq"/> goes on from a place.</summary>
    Arrival,
}

/// <summary>Which findings to read. All that is given must hold.</summary>
public sealed record FindingQuery
{
    /// <summary>Only of these scans; empty: all.</summary>
    public IReadOnlyCollection<string> Scans { get; init; } = [];

    /// <summary>Only of these agents; null: all.</summary>
    public IReadOnlyCollection<string>? AgentIds { get; init; }

    /// <summary>Only of this kind.</summary>
    public FindingKind? Kind { get; init; }

    /// <summary>Only lines written then or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only lines written then or before.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>
    /// Only so severe or worse; gaps always: what was lost could have been anything, so neither this, a pattern nor a text leaves them out.
    /// </summary>
    public int MinSeverity { get; init; }

    /// <summary>Only of these patterns; empty: all.</summary>
    public IReadOnlyCollection<string> Patterns { get; init; } = [];

    /// <summary>Only lines that hold this text, ASCII letters without case; empty: any.</summary>
    public string Text { get; init; } = "";

    /// <summary>Only those that arrived after this position.</summary>
    public long AfterSeq { get; init; }

    /// <summary>Newest first: only those that come after this place; null: from the newest on.</summary>
    public FindingPlace? After { get; init; }

    /// <summary>The order. The default is newest first.</summary>
    public FindingOrder Order { get; init; }

    /// <summary>At most so many, 1 to 10,000. The default is 100.</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>A place in the order by time.</summary>
/// <param name="At">When the line was written.</param>
/// <param name="Seq">Its position by arrival.</param>
public readonly record struct FindingPlace(DateTimeOffset At, long Seq);
