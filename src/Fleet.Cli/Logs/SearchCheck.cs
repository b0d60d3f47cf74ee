using Fleet.LogSearch;
using Fleet.LogSearch.Matching;
using Fleet.LogSearch.Searching;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Cli.Logs;

/// <summary>Tries the patterns of a search here, so that a mistake is shown before anything is sent.</summary>
internal static class SearchCheck
{
    public static void Check(V1.SearchLogs search)
    {
        foreach (var pattern in search.Patterns.Concat(search.Exclude))
            Check(pattern);
        if (search.RecordStart is { } start)
            Check(start);
        LogSearcher.Check(new LogQuery
        {
            Patterns = [.. search.Patterns.Select(Of)],
            Sense = search.Invert ? MatchSense.NotMatching : MatchSense.Matching,
            Before = (int)Math.Min(search.Before, int.MaxValue),
            After = (int)Math.Min(search.After, int.MaxValue),
            RecordStart = search.RecordStart is { } first ? Of(first) : null,
        });
        if (search.Sources.Any(source => source.Journal is not null) && search.Before + search.After > 0)
            throw new LogQueryException("context (-A, -B, -C) is for files: a journal's entries stand by themselves; name files, or leave it out");
    }

    private static void Check(V1.LogPattern pattern)
    {
        if (pattern.Text.Length is 0 or > Protocol.Limits.LogPatternCharacters)
            throw new LogQueryException($"a pattern must have 1 to {Protocol.Limits.LogPatternCharacters} characters; this one has {pattern.Text.Length}");
        LogSearcher.Check(new LogQuery { Patterns = [Of(pattern)] });
    }

    private static LogPattern Of(V1.LogPattern pattern) => new(
        pattern.Name.Length > 0 ? pattern.Name : pattern.Text,
        pattern.Text,
        pattern.Fixed ? PatternKind.Fixed : PatternKind.Regex,
        (pattern.IgnoreCase ? PatternOptions.IgnoreCase : PatternOptions.None) | (pattern.WholeWord ? PatternOptions.WholeWord : PatternOptions.None));
}
