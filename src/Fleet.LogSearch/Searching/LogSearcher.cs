namespace Fleet.LogSearch.Searching;

/// <summary>Runs a query over sources, one after the other, on the calling thread.</summary>
public static class LogSearcher
{
    /// <summary>Checks a query without searching.</summary>
    /// <exception cref="LogQueryException">It cannot be run as written.</exception>
    public static void Check(LogQuery query) => _ = new PreparedQuery(query);

    /// <summary>Searches until the sources or the limits end.</summary>
    /// <param name="query">What to look for.</param>
    /// <param name="sources">Where, in the order in which results are wanted.</param>
    /// <param name="sink">Takes what is found.</param>
    /// <param name="cancel">Ends the search within a chunk; what was found so far stands, and the outcome says it was cancelled.</param>
    /// <exception cref="LogQueryException">The query cannot be run as written.</exception>
    public static SearchOutcome Run(LogQuery query, IEnumerable<LogSource> sources, IMatchSink sink, CancellationToken cancel)
    {
        var prepared = new PreparedQuery(query);
        var budget = new SearchBudget(query.Limits, cancel);
        var outcomes = new List<SourceOutcome>();
        var skipped = new List<string>();
        foreach (LogSource source in sources)
        {
            if (budget.MatchesLeft <= 0 || budget.Stop(0) is not null)
            {
                skipped.Add(source.Name);
                continue;
            }

            SourceOutcome outcome = Search(source, prepared, budget, sink);
            budget.Spend(outcome.Matches, outcome.BytesRead);
            outcomes.Add(outcome);
        }

        return new SearchOutcome(outcomes, skipped);
    }

    private static SourceOutcome Search(LogSource source, PreparedQuery prepared, SearchBudget budget, IMatchSink sink)
    {
        try
        {
            return source.Search(prepared, budget, sink);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return Failed(source, prepared, fault switch
            {
                FileNotFoundException or DirectoryNotFoundException => "no such file",
                UnauthorizedAccessException => "no permission to read it",
                _ => fault.Message,
            });
        }
    }

    private static SourceOutcome Failed(LogSource source, PreparedQuery prepared, string reason) =>
        new(source.Name, SearchEnd.Failed, reason, 0, new long[prepared.Query.Patterns.Count], 0);
}
