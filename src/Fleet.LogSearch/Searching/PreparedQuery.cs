using Fleet.LogSearch.Matching;

namespace Fleet.LogSearch.Searching;

/// <summary>A query checked and made ready, once for all sources.</summary>
internal sealed class PreparedQuery
{
    public PreparedQuery(LogQuery query)
    {
        query.Validate();
        Query = query;
        Patterns = PatternSet.Create(query.Patterns, query.Encoding);
        Not = query.Not.Count == 0 ? null : PatternSet.Create(query.Not, query.Encoding);
        Records = query.RecordStart is null ? null : new RecordBounds(query.RecordStart, query.Encoding);
        Finder = Patterns.CreateFinder();
    }

    public LogQuery Query { get; }

    public PatternSet Patterns { get; }

    public PatternSet? Not { get; }

    public RecordBounds? Records { get; }

    public LineFinder Finder { get; }

    /// <summary>Whether NULs before a line are no part of it: such is the hole that a cut leaves where the writer has not opened for append.</summary>
    public bool SkipsHoles { get; init; }

    /// <summary>Whether a single line is wanted: patterns with their sense, exclusions and JSON fields.</summary>
    /// <param name="line">The line without its end.</param>
    /// <param name="patterns">Those that match it.</param>
    public bool Accepts(ReadOnlySpan<byte> line, out ulong patterns)
    {
        patterns = Patterns.Match(line);
        bool isWanted = Patterns.Patterns.Count == 0 || (patterns != 0) == (Query.Sense == MatchSense.Matching);
        if (!isWanted || (Not is not null && Not.Match(line) != 0))
        {
            return false;
        }

        foreach (FieldFilter filter in Query.JsonFields)
        {
            if (!filter.AcceptsJson(line))
            {
                return false;
            }
        }

        return true;
    }

    public bool NeedsTimes => Query.Window.IsBounded || Query.Times == TimeReading.Always;
}
