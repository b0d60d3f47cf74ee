using System.Globalization;
using System.Text;

namespace Fleet.LogSearch.Matching.Syntax;

/// <summary>What one place of a pattern matches: code points by range and by general category, or all others.</summary>
/// <remarks>Categories stay what they are as long as they can: as ranges they would be hundreds, which the expression engine reads slowly.</remarks>
internal sealed record CharacterSet
{
    // .NET's \w, which is what patterns here always meant by a word.
    private const int WordCategories = 1 << (int)UnicodeCategory.UppercaseLetter | 1 << (int)UnicodeCategory.LowercaseLetter | 1 << (int)UnicodeCategory.TitlecaseLetter
        | 1 << (int)UnicodeCategory.ModifierLetter | 1 << (int)UnicodeCategory.OtherLetter | 1 << (int)UnicodeCategory.NonSpacingMark
        | 1 << (int)UnicodeCategory.DecimalDigitNumber | 1 << (int)UnicodeCategory.ConnectorPunctuation;

    private const int AllCategories = (1 << 30) - 1 & ~(1 << (int)UnicodeCategory.Surrogate);

    private static readonly string[] s_codes =
    [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk",
        "So", "Cn",
    ];

    /// <summary>Code points that are named.</summary>
    public CodeRanges Ranges { get; private init; } = CodeRanges.Empty;

    /// <summary>General categories, a bit each.</summary>
    public int Categories { get; private init; }

    /// <summary>Whether it is all that is neither in the ranges nor of the categories.</summary>
    public bool IsNegated { get; private init; }

    public static CharacterSet Word { get; } = new() { Categories = WordCategories };

    public static CharacterSet Digit { get; } = new() { Categories = 1 << (int)UnicodeCategory.DecimalDigitNumber };

    // White_Space of Unicode, which is what .NET's \s is.
    public static CharacterSet Space { get; } = Of(
        (0x09, 0x0D), (0x20, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000));

    /// <summary>What <c>.</c> stands for.</summary>
    public static CharacterSet AnyButLineEnd { get; } = Of(('\n', '\n')).Negate();

    public static CharacterSet Any { get; } = new CharacterSet().Negate();

    public static CharacterSet Of(params (int First, int Last)[] ranges) => new() { Ranges = CodeRanges.Of(ranges) };

    public static CharacterSet Of(CodeRanges ranges) => new() { Ranges = ranges };

    public static CharacterSet OfCategories(int categories) => new() { Categories = categories & AllCategories };

    /// <summary>The categories whose code begins with some letters; 0 where none does.</summary>
    public static int CategoriesOf(string code)
    {
        int categories = 0;
        for (int i = 0; i < s_codes.Length; i++)
        {
            categories |= s_codes[i].StartsWith(code, StringComparison.Ordinal) ? 1 << i : 0;
        }

        return categories;
    }

    public bool Contains(int code) => IsNegated != (Ranges.Contains(code) || (Categories >> (int)CharUnicodeInfo.GetUnicodeCategory(code) & 1) != 0);

    public CharacterSet Negate() => this with { IsNegated = !IsNegated };

    /// <summary>Both together, as within brackets.</summary>
    public CharacterSet With(CharacterSet other)
    {
        (CharacterSet left, CharacterSet right) = (Positive(), other.Positive());
        return new CharacterSet { Ranges = left.Ranges.With(right.Ranges), Categories = left.Categories | right.Categories };
    }

    /// <summary>What is in this one alone.</summary>
    public CharacterSet Without(CharacterSet other) => Of(AsRanges().Without(other.AsRanges()));

    /// <summary>Without a line's end.</summary>
    public CharacterSet WithoutLineEnd()
    {
        if (!Contains('\n'))
        {
            return this;
        }

        if (IsNegated)
        {
            return this with { Ranges = Ranges.With(CodeRanges.Of(('\n', '\n'))) };
        }

        // Control characters are 0 to 1F and 7F to 9F for ever (Unicode's stability policy).
        int controls = 1 << (int)UnicodeCategory.Control;
        CodeRanges ranges = (Categories & controls) == 0 ? Ranges : Ranges.With(CodeRanges.Of((0, 0x1F), (0x7F, 0x9F)));
        return new CharacterSet { Ranges = ranges.Without(CodeRanges.Of(('\n', '\n'))), Categories = Categories & ~controls };
    }

    /// <summary>With all that differs by case alone from what is in it; of a negated set from what is not.</summary>
    public CharacterSet IgnoreCase()
    {
        IReadOnlyDictionary<int, int[]> orbits = UnicodeData.Orbits;
        CharacterSet positive = this with { IsNegated = false };
        IEnumerable<int[]> touched = Categories == 0 && Ranges.Count <= 16
            ? Members().Select(code => orbits.GetValueOrDefault(code)).OfType<int[]>()
            : orbits.Values.Where(orbit => Array.Exists(orbit, positive.Contains));
        return this with { Ranges = Ranges.With(CodeRanges.Of(touched.SelectMany(orbit => orbit).Where(code => !positive.Contains(code)).Select(code => (code, code)))) };
    }

    /// <summary>The code points of a set that names few.</summary>
    public IEnumerable<int> Members()
    {
        foreach ((int first, int last) in Ranges.Ranges.ToArray())
        {
            for (int code = first; code <= last; code++)
            {
                yield return code;
            }
        }
    }

    /// <summary>The code points of a set that names no more than so many; null where there are more.</summary>
    public int[]? Few(int most) => !IsNegated && Categories == 0 && Ranges.Count <= most ? [.. Members()] : null;

    /// <summary>As .NET's engine reads it, over characters of which one stands for each code point.</summary>
    public string ToExpression(StandIns standIns)
    {
        if (Few(1) is [var only and < StandIns.First])
        {
            return System.Text.RegularExpressions.Regex.Escape(((char)only).ToString());
        }

        var text = new StringBuilder(IsNegated ? "[^" : "[");
        int categories = Categories;
        if ((categories & WordCategories) == WordCategories)
        {
            text.Append("\\w");
            categories &= ~WordCategories;
        }

        for (int i = 0; categories != 0; i++, categories >>= 1)
        {
            if ((categories & 1) != 0)
            {
                text.Append("\\p{").Append(s_codes[i]).Append('}');
            }
        }

        foreach ((int first, int last) in Ranges.Ranges)
        {
            AppendRange(text, first, Math.Min(last, StandIns.First - 1));
            AppendRange(text, Math.Max(first, StandIns.Last + 1), Math.Min(last, 0xFFFF));
        }

        // Where all but some are meant, the others are written: the stand-ins of those that are not, and of bytes that are no character.
        standIns.Append(text, this);
        return text.Append(']').ToString();
    }

    /// <summary>Writes a range of characters into a class; an empty one not at all.</summary>
    public static void AppendRange(StringBuilder text, int first, int last)
    {
        if (first <= last)
        {
            text.Append(CultureInfo.InvariantCulture, $"\\u{first:X4}");
        }

        if (first < last)
        {
            text.Append(CultureInfo.InvariantCulture, $"-\\u{last:X4}");
        }
    }

    /// <summary>A set that says what is in it, not what is not.</summary>
    private CharacterSet Positive() =>
        !IsNegated ? this : Ranges.IsEmpty ? OfCategories(~Categories) : Categories == 0 ? Of(Ranges.Complement()) : Of(AsRanges());

    private CodeRanges AsRanges()
    {
        CodeRanges named = Ranges;
        if (Categories != 0)
        {
            var ofCategories = new List<(int First, int Last)>();
            ReadOnlySpan<(int First, UnicodeCategory Category)> runs = UnicodeData.CategoryRuns;
            for (int i = 0; i < runs.Length; i++)
            {
                if ((Categories >> (int)runs[i].Category & 1) != 0)
                {
                    ofCategories.Add((runs[i].First, i + 1 < runs.Length ? runs[i + 1].First - 1 : CodeRanges.Last));
                }
            }

            named = named.With(CodeRanges.Of(ofCategories));
        }

        return IsNegated ? named.Complement() : named;
    }
}
