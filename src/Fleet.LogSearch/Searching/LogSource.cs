namespace Fleet.LogSearch.Searching;

/// <summary>Something that can be searched.</summary>
public abstract class LogSource
{
    internal LogSource(string name) => Name = name;

    /// <summary>The name in results: a file's path, or the journal's.</summary>
    public string Name { get; }

    /// <summary>Searches it; what cannot be read throws an I/O exception.</summary>
    internal abstract SourceOutcome Search(PreparedQuery prepared, SearchBudget budget, IMatchSink sink);
}
