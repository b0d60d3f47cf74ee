namespace Fleet.LogSearch.Matching;

/// <summary>How the text of a pattern is read.</summary>
public enum PatternKind
{
    /// <summary>A .NET regular expression without look-around and back-references, matched in linear time.</summary>
    Regex,

    /// <summary>The text itself.</summary>
    Fixed,
}

/// <summary>What a pattern disregards or demands beside its text.</summary>
[Flags]
public enum PatternOptions
{
    /// <summary>Exactly as written.</summary>
    None = 0,

    /// <summary>Upper and lower case are the same.</summary>
    IgnoreCase = 1,

    /// <summary>The match begins and ends at a word's edge (letters, digits and underscore make words).</summary>
    WholeWord = 2,
}

/// <summary>One thing to look for, with the name under which its matches are counted.</summary>
/// <param name="Name">The name in results; the text itself when the operator gave none.</param>
/// <param name="Text">A regular expression or fixed text, as <paramref name="Kind"/> says.</param>
/// <param name="Kind">How the text is read. The default is a regular expression.</param>
/// <param name="Options">Case and word rules. The default is none.</param>
public sealed record LogPattern(
    string Name,
    string Text,
    PatternKind Kind = PatternKind.Regex,
    PatternOptions Options = PatternOptions.None)
{
    /// <summary>Reads <c>name=text</c>, or a bare text that names itself.</summary>
    /// <remarks>Only a plain word before the first <c>=</c> is a name: <c>id=\d+</c> must be written <c>x=id=\d+</c> or given as a bare pattern.</remarks>
    public static LogPattern Parse(string text, PatternKind kind = PatternKind.Regex, PatternOptions options = PatternOptions.None)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        bool named = equals > 0 && equals < text.Length - 1
            && text.AsSpan(0, equals).IndexOfAnyExcept(NameCharacters) < 0 && !char.IsAsciiDigit(text[0]);
        return named ? new LogPattern(text[..equals], text[(equals + 1)..], kind, options) : new LogPattern(text, text, kind, options);
    }

    private static readonly System.Buffers.SearchValues<char> NameCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");
}
