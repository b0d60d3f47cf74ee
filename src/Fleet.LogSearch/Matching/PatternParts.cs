using Fleet.LogSearch.Matching.Syntax;

namespace Fleet.LogSearch.Matching;

/// <summary>A pattern that was looked at and can be used, before it is known what it is searched together with.</summary>
/// <param name="Pattern">The pattern.</param>
/// <param name="Tokens">It taken apart; null where it is a text that is searched for as it is.</param>
/// <param name="IgnoreCase">Whether all of it ignores case.</param>
internal sealed record PatternParts(LogPattern Pattern, IReadOnlyList<PatternToken>? Tokens, bool IgnoreCase)
{
    private const int LongestPattern = 8192;

    /// <summary>All that its places tell apart.</summary>
    public IEnumerable<CharacterSet> Sets
    {
        get
        {
            IEnumerable<CharacterSet> own = (Tokens ?? []).Select(token => token.Set).OfType<CharacterSet>();
            return Pattern.Options.HasFlag(PatternOptions.WholeWord) ? own.Append(CharacterSet.Word) : own;
        }
    }

    /// <summary>Takes a pattern apart.</summary>
    /// <exception cref="LogQueryException">It cannot be used; the message says why.</exception>
    public static PatternParts Read(LogPattern pattern, LogEncoding encoding)
    {
        Refuse(pattern);
        bool ignoreCase = pattern.Options.HasFlag(PatternOptions.IgnoreCase);
        if (pattern.Kind == PatternKind.Fixed && !NeedsEngine(pattern.Text, ignoreCase, encoding))
        {
            return new PatternParts(pattern, null, ignoreCase);
        }

        string text = pattern.Kind == PatternKind.Regex ? pattern.Text : System.Text.RegularExpressions.Regex.Escape(pattern.Text);
        try
        {
            IReadOnlyList<PatternToken> tokens = PatternLexer.Read(text, ignoreCase);
            return new PatternParts(pattern, tokens, ignoreCase || tokens is [{ Kind: TokenKind.Nothing, Text: "(?i)" }, ..]);
        }
        catch (PatternSyntaxException fault)
        {
            throw Unusable(pattern, fault.Offset, fault.Message, fault);
        }
    }

    /// <summary>The refusal of a pattern.</summary>
    public static LogQueryException Unusable(LogPattern pattern, int offset, string why, Exception fault) =>
        new($"pattern '{pattern.Name}' is not a regular expression, at character {offset}: {why}. To look for the text itself, use a fixed pattern", fault)
        {
            Syntax = (offset, why),
        };

    // Ignoring the case of a letter that has a form beyond ASCII (s and k have one) needs tables; and Latin 1 has no character beyond FF.
    private static bool NeedsEngine(string text, bool ignoreCase, LogEncoding encoding) => encoding == LogEncoding.Latin1
        ? text.AsSpan().ContainsAnyExceptInRange('\0', ignoreCase ? '\x7f' : '\xff')
        : ignoreCase && (text.AsSpan().ContainsAnyExceptInRange('\0', '\x7f') || text.AsSpan().ContainsAny("kKsS"));

    private static void Refuse(LogPattern pattern)
    {
        if (pattern.Text.Length == 0)
        {
            throw new LogQueryException($"pattern '{pattern.Name}' is empty and would match every line: write what to look for");
        }

        if (pattern.Text.Length > LongestPattern)
        {
            throw new LogQueryException($"pattern '{pattern.Name}' has {pattern.Text.Length} characters, more than {LongestPattern}: split it into several patterns");
        }

        if (pattern.Text.Contains('\n', StringComparison.Ordinal))
        {
            throw new LogQueryException($"pattern '{pattern.Name}' contains a line break, but lines are matched one by one: write each line as its own pattern");
        }
    }
}
