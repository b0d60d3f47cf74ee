using System.Text;
using System.Text.RegularExpressions;
using Fleet.Protocol.Units;

namespace Fleet.Protocol.Targets;

/// <summary>Reads what stands on the right of an operator: values, lists of values, regular expressions.</summary>
internal sealed class ValueReader(TargetCursor cursor)
{
    public ValuePattern Read(string after, bool allowGlob)
    {
        cursor.SkipSpace();
        if (cursor.IsAtEnd)
            throw cursor.Fail($"a value is missing after '{after}'", "write \"\" for the empty value");
        if (QuotedText.IsQuote(cursor.Current))
            return new ValuePattern(ReadQuoted(), IsGlob: false);

        var start = cursor.Position;
        while (ValuePattern.IsValueChar(cursor.Current))
            cursor.Position++;
        if (cursor.Current is '[' or ']' or '\\' || QuotedText.IsQuote(cursor.Current))
            throw cursor.Fail($"'{cursor.Current}' cannot stand in a value", "put the value in double quotes; node sets match names only");

        var value = cursor.Text[start..cursor.Position];
        if (value.Length == 0)
            throw cursor.Fail($"expected a value after '{after}'", "put unusual values in double quotes");
        if (Keyword.IsJoiner(value))
            throw cursor.FailAt(start, $"a value is missing after '{after}'", $"quote it if it is a value: \"{value}\"");
        if (!Glob.IsGlob(value))
            return new ValuePattern(value, IsGlob: false);
        return allowGlob
            ? new ValuePattern(value, IsGlob: true)
            : throw cursor.FailAt(start, $"a glob cannot stand after '{after}'", "use '=' or '!='");
    }

    public List<ValuePattern> ReadList()
    {
        var values = new List<ValuePattern>();
        do
        {
            values.Add(Read(after: values.Count == 0 ? "(" : ",", allowGlob: true));
            cursor.SkipSpace();
        } while (cursor.TryRead(","));

        return values;
    }

    public LikeTerm ReadRegex(TargetKey key)
    {
        if (cursor.IsAtEnd)
            throw cursor.Fail("a regular expression is missing after '=~'", "write it in double quotes");

        var start = cursor.Position;
        var isQuoted = QuotedText.IsQuote(cursor.Current);
        var pattern = isQuoted ? ReadQuoted() : ReadUnquotedRegex();
        if (pattern.Length > LikeTerm.LongestPattern)
            throw cursor.FailAt(start, $"a regular expression has at most {LikeTerm.LongestPattern} characters", "");

        try
        {
            return new LikeTerm(key, pattern);
        }
        catch (RegexParseException e)
        {
            throw cursor.FailAt(start + (isQuoted ? 1 : 0) + e.Offset, "invalid regular expression: " + Words(e.Error), "");
        }
        catch (NotSupportedException)
        {
            // Lookaround, backreferences, atomic groups, or repetitions whose automaton is too large.
            throw cursor.FailAt(
                start, "this regular expression needs backtracking or is too large", $"omit lookaround, backreferences and counts above {LikeTerm.HighestCount}");
        }
    }

    private string ReadQuoted()
    {
        var position = cursor.Position;
        var value = QuotedText.Read(cursor.Text, ref position);
        cursor.Position = position;
        return value;
    }

    // Up to white space or to the ')' that closes a parenthesis opened before the pattern.
    private string ReadUnquotedRegex()
    {
        var start = cursor.Position;
        for (var open = 0; !cursor.IsAtEnd && !char.IsWhiteSpace(cursor.Current); cursor.Position++)
        {
            if (cursor.Current == '\\' && cursor.Position + 1 < cursor.Text.Length)
                cursor.Position++;
            else if (cursor.Current == '(')
                open++;
            else if (cursor.Current == ')' && --open < 0)
                break;
        }

        return cursor.Text[start..cursor.Position];
    }

    // Not the exception's message: builds that strip resources have none.
    private static string Words(RegexParseError error)
    {
        var words = new StringBuilder();
        foreach (var c in error.ToString())
            words.Append(char.IsAsciiLetterUpper(c) && words.Length > 0 ? " " : "").Append(char.ToLowerInvariant(c));
        return words.ToString();
    }
}
