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

    public bool NeedsTimes => Query.Window.IsBounded || Query.Times == TimeReading.Always;
}
