namespace Fleet.Storage;

/// <summary>Which jobs to list, newest first.</summary>
public sealed record JobQuery
{
    /// <summary>Only jobs in this state.</summary>
    public JobState? State { get; init; }

    /// <summary>Only jobs of this operator.</summary>
    public string? OperatorId { get; init; }

    /// <summary>Only jobs created at this time or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Where to carry on: <see cref="JobPage.Next"/> of the page before.</summary>
    public string? After { get; init; }

    /// <summary>Jobs a page, 1 to 1000. The default is 50.</summary>
    public int Limit { get; init; } = 50;
}
