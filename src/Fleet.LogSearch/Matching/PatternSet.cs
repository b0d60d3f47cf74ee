using System.Text.RegularExpressions;
using Fleet.LogSearch.Matching.Syntax;

namespace Fleet.LogSearch.Matching;

/// <summary>Several named patterns made ready: which lines of a chunk match, which patterns they match, and where.</summary>
/// <remarks>Not safe for two threads at once: it owns the buffers into which lines are decoded.</remarks>
public sealed class PatternSet
{
    private readonly LineMatcher[] _matchers;
    private readonly LineText _text;
    private readonly bool _needText;
    private readonly bool _rangesNeedText;

    private readonly StandIns _standIns;

    private PatternSet(LineMatcher[] matchers, LogEncoding encoding, StandIns standIns)
    {
        _matchers = matchers;
        _standIns = standIns;
        _text = new LineText(encoding, standIns);
        _needText = matchers.Any(matcher => matcher.NeedsText);
        _rangesNeedText = matchers.Any(matcher => matcher.RangesNeedText);
        Patterns = matchers.Select(matcher => matcher.Pattern).ToArray();
        Encoding = encoding;
    }

    /// <summary>The patterns, in the order in which bits and counts refer to them.</summary>
    public IReadOnlyList<LogPattern> Patterns { get; }

    internal LogEncoding Encoding { get; }

    /// <summary>The most patterns of one query: one bit each.</summary>
    public const int MostPatterns = 64;

    /// <summary>Makes patterns ready.</summary>
    /// <exception cref="LogQueryException">A pattern cannot be used; the message says which and why.</exception>
    public static PatternSet Create(IReadOnlyList<LogPattern> patterns, LogEncoding encoding)
    {
        if (patterns.Count > MostPatterns)
        {
            throw new LogQueryException($"{patterns.Count} patterns are more than the {MostPatterns} of one search: join some with '|'");
        }

        PatternParts[] parts = patterns.Select(pattern => PatternParts.Read(pattern, encoding)).ToArray();
        StandIns standIns = StandIns.Of(parts.SelectMany(part => part.Sets));
        return new PatternSet(parts.Select(part => LineMatcher.Create(part, encoding, standIns)).ToArray(), encoding, standIns);
    }

    /// <summary>The names that an expression gives to groups of it: nothing makes use of them.</summary>
    /// <exception cref="LogQueryException">The pattern cannot be used.</exception>
    public static IReadOnlyList<string> GroupNames(LogPattern pattern) =>
        pattern.Kind == PatternKind.Fixed ? [] : [.. PatternLexer.GroupNames(PatternParts.Read(pattern, LogEncoding.Utf8).Tokens ?? []).Distinct()];

    /// <summary>The patterns that match a line, one bit each; 0 when none does.</summary>
    /// <param name="line">The line without its end.</param>
    public ulong Match(ReadOnlySpan<byte> line)
    {
        if (_needText)
        {
            _text.Load(line);
        }

        ulong matched = 0;
        for (int i = 0; i < _matchers.Length; i++)
        {
            matched |= _matchers[i].IsMatch(line, _text) ? 1UL << i : 0;
        }

        return matched;
    }

    /// <summary>Collects where the patterns match a line, ordered by start.</summary>
    public void CollectRanges(ReadOnlySpan<byte> line, List<ByteRange> ranges)
    {
        ranges.Clear();
        if (_rangesNeedText)
        {
            _text.Load(line);
        }

        foreach (LineMatcher matcher in _matchers)
        {
            matcher.AddRanges(line, _text, ranges);
        }

        ranges.Sort((left, right) => left.Start.CompareTo(right.Start));
    }

    /// <summary>The quickest way to go from one line that may match to the next.</summary>
    internal LineFinder CreateFinder()
    {
        if (_matchers.Length == 0)
        {
            return new EveryLineFinder();
        }

        if (Array.TrueForAll(_matchers, matcher => matcher.Required is not null))
        {
            LiteralSearcher literals = LiteralSearcher.Create(_matchers.SelectMany(matcher => matcher.Required!).ToArray());
            return new LiteralLineFinder(literals, _matchers is [{ LiteralsDecide: true }]);
        }

        string[] expressions = _matchers
            .Select(matcher => matcher.ChunkExpression
                ?? (matcher.Required is null ? null : string.Join('|', matcher.Required.Select(ChunkLiteral))))
            .OfType<string>()
            .ToArray();
        // Beyond ASCII the expression engine's search for the leftmost match is not relied upon either: see RegexLiterals.
        bool ascii = Array.TrueForAll(expressions, expression => !expression.AsSpan().ContainsAnyExceptInRange('\0', '\x7f'));
        LineFinder? finder = ascii && expressions.Length == _matchers.Length ? ExpressionLineFinder.TryCreate(expressions, Encoding, _standIns) : null;
        return finder ?? new EveryLineFinder();
    }

    private string ChunkLiteral(Literal literal)
    {
        string text = Regex.Escape(Encoding == LogEncoding.Latin1
            ? System.Text.Encoding.Latin1.GetString(literal.Folded)
            : System.Text.Encoding.UTF8.GetString(literal.Folded));
        return literal.FoldsCase ? $"(?i:{text})" : $"(?:{text})";
    }
}
