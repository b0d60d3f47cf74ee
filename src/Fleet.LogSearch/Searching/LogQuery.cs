using Fleet.LogSearch.Matching;
using Fleet.LogSearch.Times;

namespace Fleet.LogSearch.Searching;

/// <summary>Which lines are wanted: those that match, or those that do not.</summary>
public enum MatchSense
{
    /// <summary>Lines that match a pattern.</summary>
    Matching,

    /// <summary>Lines that match no pattern.</summary>
    NotMatching,
}

/// <summary>Whether line numbers are counted.</summary>
public enum LineNumbering
{
    /// <summary>Each match carries its line number, counted from 1 (costs a pass over the bytes before the last match).</summary>
    Counted,

    /// <summary>Line numbers are 0; byte offsets are there all the same.</summary>
    None,
}

/// <summary>When the times of matching lines are read.</summary>
public enum TimeReading
{
    /// <summary>Only when the window needs them.</summary>
    ForWindow,

    /// <summary>Of every match, so that results carry them.</summary>
    Always,
}

/// <summary>What to look for, in which lines, and how much of it.</summary>
public sealed record LogQuery
{
    /// <summary>What to look for; a line matches when any pattern does. Without patterns every line within the window and the filters matches.</summary>
    public IReadOnlyList<LogPattern> Patterns { get; init; } = [];

    /// <summary>A line that matches one of these is no match.</summary>
    public IReadOnlyList<LogPattern> Not { get; init; } = [];

    /// <summary>Fields of JSON lines that must all hold; a line that is no JSON object does not match.</summary>
    public IReadOnlyList<FieldFilter> JsonFields { get; init; } = [];

    /// <summary>Fields of journal entries: those of the same field are alternatives, different fields must all hold.</summary>
    public IReadOnlyList<FieldFilter> JournalFields { get; init; } = [];

    /// <summary>Matching lines or the others. The default is matching lines.</summary>
    public MatchSense Sense { get; init; }

    /// <summary>How bytes become characters. The default is UTF-8.</summary>
    public LogEncoding Encoding { get; init; }

    /// <summary>How many lines to report before each match. The default is 0.</summary>
    public int Before { get; init; }

    /// <summary>How many lines to report after each match. The default is 0.</summary>
    public int After { get; init; }

    /// <summary>The first line of a record of several lines; what follows up to the next such line belongs to it. The default is one line, one record.</summary>
    public LogPattern? RecordStart { get; init; }

    /// <summary>The times between which a line must have been written. The default is any.</summary>
    public TimeWindow Window { get; init; } = TimeWindow.Any;

    /// <summary>How times are recognized. The default finds out the form from the file's first lines.</summary>
    public TimestampOptions Timestamps { get; init; } = new();

    /// <summary>When times are read. The default is only for the window.</summary>
    public TimeReading Times { get; init; }

    /// <summary>Whether lines are numbered. The default is counted.</summary>
    public LineNumbering LineNumbers { get; init; }

    /// <summary>What the search may give back and use up.</summary>
    public SearchLimits Limits { get; init; } = new();

    /// <summary>The most lines of context in each direction.</summary>
    public const int MostContext = 1000;

    internal void Validate()
    {
        if (Before is < 0 or > MostContext || After is < 0 or > MostContext)
        {
            throw new LogQueryException($"context of {Before} lines before and {After} after is not between 0 and {MostContext}");
        }

        if (RecordStart is not null && Before + After > 0)
        {
            throw new LogQueryException("a record start and lines of context exclude one another: a record already carries its lines");
        }

        if (Window.Since is { } since && Window.Until is { } until && since > until)
        {
            throw new LogQueryException($"the window is empty: since {since:o} is after until {until:o}");
        }

        if (Patterns.Count == 0 && Sense == MatchSense.NotMatching)
        {
            throw new LogQueryException("inverting needs a pattern: without one every line is a match and none is left");
        }
    }
}
