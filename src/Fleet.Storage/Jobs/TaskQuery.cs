namespace Fleet.Storage;

/// <summary>Which tasks of a job to list, by ordinal.</summary>
public sealed record TaskQuery
{
    /// <summary>Only tasks in these states; null or empty for all.</summary>
    public IReadOnlyCollection<TaskState>? States { get; init; }

    /// <summary>Only tasks after this ordinal: the last one of the page before.</summary>
    public int AfterOrdinal { get; init; }

    /// <summary>Tasks a page, at least 1. The default is all.</summary>
    public int Limit { get; init; } = int.MaxValue;
}
