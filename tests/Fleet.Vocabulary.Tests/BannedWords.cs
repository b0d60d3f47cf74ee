using System.Text.RegularExpressions;

namespace Fleet.Vocabulary.Tests;

/// <summary>The table "Words that are not used" of docs/glossary.md.</summary>
internal sealed partial class BannedWords
{
    private readonly Regex _any;

    private BannedWords(IReadOnlyList<string> words)
    {
        Words = words;
        _any = new Regex(
            $@"(?<![\w-])({string.Join('|', words.OrderByDescending(word => word.Length).Select(Expression))})(?![\w-])",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
    }

    /// <summary>As the document has them.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>What programs must not say.</summary>
    public static BannedWords InPrograms { get; } = Read("everywhere", "programs");

    /// <summary>What documents must not say.</summary>
    public static BannedWords InDocuments { get; } = Read("everywhere");

    /// <summary>The first of them that a text has; null where it has none.</summary>
    public string? Find(string text) => _any.Match(text) is { Success: true } match ? match.Value : null;

    private static BannedWords Read(params string[] where)
    {
        var text = File.ReadAllText(Repository.At("docs", "glossary.md"));
        var rows = Rows().Matches(text[text.IndexOf("## Words that are not used", StringComparison.Ordinal)..]);
        return new([.. rows.Where(row => where.Contains(row.Groups[2].Value)).SelectMany(row => row.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries))]);
    }

    // "is no longer", "is no more than" and "there is no" are plain English.
    private static string Expression(string word)
    {
        var expression = Regex.Escape(word).Replace(@"\*", @"\w*", StringComparison.Ordinal).Replace(@"\ ", @"\s+", StringComparison.Ordinal);
        return word.EndsWith(" no", StringComparison.Ordinal) ? $@"(?<!there\s){expression}(?!\s+(?:longer|more|one)\b)" : expression;
    }

    [GeneratedRegex(@"^\| ([^|]+?) \| [^|]+ \| (\w+) \|$", RegexOptions.Multiline)]
    private static partial Regex Rows();
}
