namespace Fleet.LogSearch.Searching;

/// <summary>How the search of a source ended.</summary>
public enum SearchEnd
{
    /// <summary>All that the query asks for was seen.</summary>
    Complete,

    /// <summary>The limit of matches was reached; there may be more.</summary>
    MatchLimit,

    /// <summary>The budget of bytes was used up; the rest was not read.</summary>
    ByteBudget,

    /// <summary>The budget of processor time was used up; the rest was not read.</summary>
    CpuBudget,

    /// <summary>The caller cancelled.</summary>
    Cancelled,

    /// <summary>The source could not be read, or not to its end; the reason says why.</summary>
    Failed,
}

/// <summary>What came of one source.</summary>
/// <param name="Source">The source's name: a path, or a journal's.</param>
/// <param name="End">How it ended.</param>
/// <param name="Reason">For an operator, why it ended early or what was peculiar; empty when all is well.</param>
/// <param name="Matches">Matching lines (or records) found.</param>
/// <param name="MatchesByPattern">The same by pattern, in the query's order; a line may count for several.</param>
/// <param name="BytesRead">Bytes read, after decompression.</param>
public sealed record SourceOutcome(
    string Source,
    SearchEnd End,
    string Reason,
    long Matches,
    IReadOnlyList<long> MatchesByPattern,
    long BytesRead);

/// <summary>What came of a search.</summary>
/// <param name="Sources">Each source that was tried, in order.</param>
/// <param name="Skipped">Sources not tried at all because a limit was reached before.</param>
public sealed record SearchOutcome(IReadOnlyList<SourceOutcome> Sources, IReadOnlyList<string> Skipped)
{
    /// <summary>Matches of all sources.</summary>
    public long Matches => Sources.Sum(source => source.Matches);

    /// <summary>Whether every source was seen in full.</summary>
    public bool IsComplete => Skipped.Count == 0 && Sources.All(source => source.End == SearchEnd.Complete);
}
