using Fleet.LogSearch.Matching;
using Fleet.Protocol;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Agent.Searching;

/// <summary>What searches, scans and tails share on the wire, as the search library knows it.</summary>
internal static class LogMessages
{
    /// <summary>Patterns as the library takes them.</summary>
    /// <exception cref="LogSearch.LogQueryException">There are too many, or one is empty or too long.</exception>
    public static IReadOnlyList<LogPattern> Patterns(IReadOnlyList<V1.LogPattern> patterns) =>
        patterns.Count <= Limits.LogPatterns
            ? patterns.Select(Pattern).ToArray()
            : throw new LogSearch.LogQueryException($"{patterns.Count} patterns given, at most {Limits.LogPatterns} allowed");

    public static LogPattern Pattern(V1.LogPattern pattern)
    {
        if (pattern.Text.Length is 0 or > Limits.LogPatternCharacters)
            throw new LogSearch.LogQueryException($"a pattern must have 1 to {Limits.LogPatternCharacters} characters; this one has {pattern.Text.Length}");
        var options = (pattern.IgnoreCase ? PatternOptions.IgnoreCase : PatternOptions.None)
            | (pattern.WholeWord ? PatternOptions.WholeWord : PatternOptions.None);
        var name = pattern.Name.Length > 0 ? pattern.Name : pattern.Text;
        return new LogPattern(name, pattern.Text, pattern.Fixed ? PatternKind.Fixed : PatternKind.Regex, options);
    }

    public static IReadOnlyList<FieldFilter> Fields(IEnumerable<string> fields) => fields.Select(FieldFilter.Parse).ToArray();

    public static LogEncoding Encoding(V1.LogEncoding encoding) =>
        encoding == V1.LogEncoding.Latin1 ? LogEncoding.Latin1 : LogEncoding.Utf8;
}
