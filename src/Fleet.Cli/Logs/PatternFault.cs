using System.Text.RegularExpressions;
using Fleet.LogSearch;

namespace Fleet.Cli.Logs;

/// <summary>What is wrong with a regular expression, where in it, and how to mend it.</summary>
/// <param name="Offset">The place, from 0.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Mend">What to write instead.</param>
internal sealed record PatternFault(int Offset, string What, string Mend)
{
    private static readonly string[] s_beyondLinear = ["(?=", "(?!", "(?<=", "(?<!", "(?>", "(?(", "\\1", "\\2", "\\3", "\\k<", "\\k'", "\\G"];

    /// <summary>Reads it out of a refusal; null where that is about something else.</summary>
    /// <param name="refusal">The refusal.</param>
    /// <param name="text">The expression.</param>
    /// <param name="literally">How to look for the text itself.</param>
    /// <param name="exclusion">How to say what must not match.</param>
    public static PatternFault? Of(LogQueryException refusal, string text, string literally, string exclusion) => refusal.InnerException switch
    {
        RegexParseException parse => new PatternFault(OffsetOf(parse, text), $"this is no regular expression: {Words(parse)}", $"to look for the text itself {literally}"),
        NotSupportedException => new PatternFault(
            s_beyondLinear.Select(sign => text.IndexOf(sign, StringComparison.Ordinal)).Where(i => i >= 0).DefaultIfEmpty(0).Min(),
            "this cannot be matched in linear time",
            $"look-around, back-references, atomic groups and very large repetitions are not there; say what must not match {exclusion}"),
        _ => null,
    };

    /// <summary>Where it is wrong: of a parenthesis that is never closed that one, instead of the end.</summary>
    private static int OffsetOf(RegexParseException parse, string text)
    {
        if (parse.Error != RegexParseError.InsufficientClosingParentheses)
            return parse.Offset;
        var open = new Stack<int>();
        var inClass = false;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\':
                    i++;
                    break;
                case '[':
                    inClass = true;
                    break;
                case ']':
                    inClass = false;
                    break;
                case '(' when !inClass:
                    open.Push(i);
                    break;
                case ')' when !inClass && open.Count > 0:
                    open.Pop();
                    break;
            }
        }

        return open.TryPeek(out var last) ? last : parse.Offset;
    }

    // "Invalid pattern 'a(b' at offset 3. Not enough )'s." repeats the pattern and the place.
    private static string Words(RegexParseException parse)
    {
        var lead = $"at offset {parse.Offset}. ";
        var at = parse.Message.IndexOf(lead, StringComparison.Ordinal);
        return (at < 0 ? parse.Message : parse.Message[(at + lead.Length)..]).TrimEnd('.');
    }
}
