using Fleet.Protocol;
using Fleet.Protocol.Text;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Jobs;

/// <summary>Checks the outline of a log search before it becomes a job; whether its patterns are regular expressions the agents decide.</summary>
internal static class SearchCheck
{
    /// <summary>What is wrong with a search; empty where it can be sent.</summary>
    public static string FindFault(SearchLogs search)
    {
        if (search.Sources.Count is 0 or > Limits.LogSources)
            return $"search_logs.sources has {search.Sources.Count} entries, 1 to {Limits.LogSources} are allowed";
        if (search.Patterns.Count > Limits.LogPatterns || search.Exclude.Count > Limits.LogPatterns)
            return $"search_logs.patterns and exclude may have {Limits.LogPatterns} entries each";
        if (search.Patterns.Concat(search.Exclude).Any(pattern => pattern.Text.Length is 0 or > Limits.LogPatternCharacters))
            return $"search_logs.patterns: each text must have 1 to {Limits.LogPatternCharacters} characters";
        return search.Sources.Select(source => SourceFault("search_logs.sources", source)).FirstOrDefault(fault => fault.Length > 0) ?? "";
    }

    /// <summary>What is wrong with a source; empty where nothing is.</summary>
    public static string SourceFault(string field, LogSource source) => PathFault(source) is { } path ? $"{field}: the path {path}" : source.SourceCase switch
    {
        LogSource.SourceOneofCase.None => $"{field}: files, journal or kernel is required",
        LogSource.SourceOneofCase.Files when source.Files.Path.Length == 0 || source.Files.Path[0] != '/' =>
            $"{field}: \"{source.Files.Path}\" is not an absolute path",
        LogSource.SourceOneofCase.Journal when source.Journal.Path.Length > 0 && source.Journal.Path[0] != '/' =>
            $"{field}: \"{source.Journal.Path}\" is not an absolute path",
        _ => "",
    };

    private static string? PathFault(LogSource source)
    {
        var path = source.Files?.Path ?? source.Journal?.Path ?? "";
        return OneLineText.FindFault(path, Limits.PathCharacters);
    }
}
