namespace Fleet.LogSearch.Searching;

/// <summary>What one search may give back and use up. Whatever ends it early is named in the outcome.</summary>
public sealed record SearchLimits
{
    /// <summary>The most matches reported of each source. The default is no limit.</summary>
    public long MatchesPerSource { get; init; } = long.MaxValue;

    /// <summary>The most matches reported of all sources together. The default is no limit.</summary>
    public long Matches { get; init; } = long.MaxValue;

    /// <summary>The most bytes read, after decompression. The default is no limit.</summary>
    public long Bytes { get; init; } = long.MaxValue;

    /// <summary>The most processor time of the searching thread. The default is no limit.</summary>
    public TimeSpan CpuTime { get; init; } = TimeSpan.MaxValue;
}
