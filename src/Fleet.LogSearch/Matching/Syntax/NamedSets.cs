using System.Text.RegularExpressions;

namespace Fleet.LogSearch.Matching.Syntax;

/// <summary>Sets that patterns call by name: POSIX classes, scripts, general categories and blocks.</summary>
internal static class NamedSets
{
    // As ripgrep has them: of ASCII alone, whatever the locale of a host says.
    private static readonly Dictionary<string, CharacterSet> s_posix = new(StringComparer.Ordinal)
    {
        ["alnum"] = CharacterSet.Of(('0', '9'), ('A', 'Z'), ('a', 'z')),
        ["alpha"] = CharacterSet.Of(('A', 'Z'), ('a', 'z')),
        ["ascii"] = CharacterSet.Of((0, 0x7F)),
        ["blank"] = CharacterSet.Of(('\t', '\t'), (' ', ' ')),
        ["cntrl"] = CharacterSet.Of((0, 0x1F), (0x7F, 0x7F)),
        ["digit"] = CharacterSet.Of(('0', '9')),
        ["graph"] = CharacterSet.Of(('!', '~')),
        ["lower"] = CharacterSet.Of(('a', 'z')),
        ["print"] = CharacterSet.Of((' ', '~')),
        ["punct"] = CharacterSet.Of(('!', '/'), (':', '@'), ('[', '`'), ('{', '~')),
        ["space"] = CharacterSet.Of((0x09, 0x0D), (' ', ' ')),
        ["upper"] = CharacterSet.Of(('A', 'Z')),
        ["word"] = CharacterSet.Of(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')),
        ["xdigit"] = CharacterSet.Of(('0', '9'), ('A', 'F'), ('a', 'f')),
    };

    // Long names of general categories (PropertyValueAliases.txt), as UnicodeData.Loose leaves them.
    private static readonly Dictionary<string, string> s_categories = new(StringComparer.Ordinal)
    {
        ["letter"] = "L", ["uppercaseletter"] = "Lu", ["lowercaseletter"] = "Ll", ["titlecaseletter"] = "Lt", ["modifierletter"] = "Lm", ["otherletter"] = "Lo",
        ["mark"] = "M", ["combiningmark"] = "M", ["nonspacingmark"] = "Mn", ["spacingmark"] = "Mc", ["enclosingmark"] = "Me",
        ["number"] = "N", ["decimalnumber"] = "Nd", ["digit"] = "Nd", ["letternumber"] = "Nl", ["othernumber"] = "No",
        ["separator"] = "Z", ["spaceseparator"] = "Zs", ["lineseparator"] = "Zl", ["paragraphseparator"] = "Zp",
        ["other"] = "C", ["control"] = "Cc", ["cntrl"] = "Cc", ["format"] = "Cf", ["privateuse"] = "Co", ["unassigned"] = "Cn",
        ["punctuation"] = "P", ["punct"] = "P", ["connectorpunctuation"] = "Pc", ["dashpunctuation"] = "Pd", ["openpunctuation"] = "Ps", ["closepunctuation"] = "Pe",
        ["initialpunctuation"] = "Pi", ["finalpunctuation"] = "Pf", ["otherpunctuation"] = "Po",
        ["symbol"] = "S", ["mathsymbol"] = "Sm", ["currencysymbol"] = "Sc", ["modifiersymbol"] = "Sk", ["othersymbol"] = "So",
    };

    /// <summary>The names of POSIX classes.</summary>
    public static IEnumerable<string> PosixNames => s_posix.Keys;

    /// <summary>The class between <c>[:</c> and <c>:]</c>; null where there is none of this name.</summary>
    public static CharacterSet? Posix(string name) => s_posix.GetValueOrDefault(name);

    /// <summary>What stands between <c>\p{</c> and <c>}</c>: a category, a script, or a block of .NET's; null where there is none of this name.</summary>
    public static CharacterSet? Property(string name)
    {
        if (name.StartsWith('^'))
        {
            return Property(name[1..])?.Negate();
        }

        int equals = name.IndexOf('=', StringComparison.Ordinal);
        string property = equals < 0 ? "" : UnicodeData.Loose(name[..equals]);
        string value = name[(equals + 1)..];
        bool canBeCategory = property is "" or "gc" or "generalcategory";
        bool canBeScript = property is "" or "sc" or "script";
        return (canBeCategory ? Category(value) : null)
            ?? (canBeScript && UnicodeData.Script(UnicodeData.Loose(value)) is { } script ? CharacterSet.Of(script) : null)
            ?? (equals < 0 ? Block(value) : null);
    }

    private static CharacterSet? Category(string name)
    {
        string loose = UnicodeData.Loose(name);
        string code = s_categories.GetValueOrDefault(loose) ?? (loose.Length is 1 or 2 ? string.Concat(char.ToUpperInvariant(loose[0]).ToString(), loose.AsSpan(1)) : "");
        int categories = code.Length == 0 ? 0
            : loose is "lc" or "casedletter" or "l&" ? CharacterSet.CategoriesOf("Lu") | CharacterSet.CategoriesOf("Ll") | CharacterSet.CategoriesOf("Lt")
            : CharacterSet.CategoriesOf(code);
        return categories == 0 ? null : CharacterSet.OfCategories(categories);
    }

    // .NET names blocks IsGreek, IsCyrillic, ...: what it holds is asked of it, character by character.
    private static CharacterSet? Block(string name)
    {
        if (!name.StartsWith("Is", StringComparison.Ordinal) || !name.AsSpan(2).ContainsOnlyNameCharacters())
        {
            return null;
        }

        try
        {
            var block = new Regex($"\\p{{{name}}}", RegexOptions.CultureInvariant);
            Span<char> one = stackalloc char[1];
            var ranges = new List<(int First, int Last)>();
            for (int code = 0; code <= 0xFFFF; code++)
            {
                one[0] = (char)code;
                if (!char.IsSurrogate(one[0]) && block.IsMatch(one))
                {
                    ranges.Add((code, code));
                }
            }

            return CharacterSet.Of(CodeRanges.Of(ranges));
        }
        catch (RegexParseException)
        {
            return null;
        }
    }

    private static bool ContainsOnlyNameCharacters(this ReadOnlySpan<char> name)
    {
        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not '-')
            {
                return false;
            }
        }

        return true;
    }
}
