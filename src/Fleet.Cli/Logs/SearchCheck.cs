using Fleet.LogSearch;
using Fleet.LogSearch.Matching;
using Fleet.LogSearch.Searching;
using Fleet.Protocol.Units;
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
        if (!search.Sources.Any(source => source.Journal is not null))
            return;
        if (search.RecordStart is not null)
            throw new LogQueryException("--record-start requires files: journal entries are already records; name files, or omit it");
        if (search.JsonFields.Count > 0)
            throw new LogQueryException("--json-field requires files: the journal has fields of its own (--field); name files, or omit it");
    }

    private static void Check(V1.LogPattern pattern)
    {
        if (pattern.Text.Length is 0 or > Protocol.Limits.LogPatternCharacters)
            throw new LogQueryException($"a pattern must have 1 to {Protocol.Limits.LogPatternCharacters} characters; this one has {pattern.Text.Length}");
        try
        {
            LogSearcher.Check(new LogQuery { Patterns = [Of(pattern)] });
        }
        catch (LogQueryException e) when (PatternFault.Of(e, pattern.Text, "use -F", "with --not") is { } fault)
        {
            throw new FleetFormatException(pattern.Text, new ParseError(fault.Offset + 1, fault.What, fault.Hint));
        }
    }

    private static LogPattern Of(V1.LogPattern pattern) => new(
        pattern.Name.Length > 0 ? pattern.Name : pattern.Text,
        pattern.Text,
        pattern.Fixed ? PatternKind.Fixed : PatternKind.Regex,
        (pattern.IgnoreCase ? PatternOptions.IgnoreCase : PatternOptions.None) | (pattern.WholeWord ? PatternOptions.WholeWord : PatternOptions.None));
}
