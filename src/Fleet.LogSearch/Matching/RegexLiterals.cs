using System.Globalization;
using System.Text;

namespace Fleet.LogSearch.Matching;

/// <summary>
/// Reads a regular expression for two things: literals of which every match must hold one, so that most of a file need not be seen by the
/// automaton, and a spelling in which negated classes cannot run across a line's end, so that whole chunks can be searched.
/// </summary>
/// <remarks>It only has to be right about what it claims: wherever the syntax is unusual it claims nothing.</remarks>
internal sealed class RegexLiterals
{
    private const int MostLiterals = 32;
    private const int LongestLiteral = 48;

    private readonly string _pattern;
    private readonly bool _ignoreCase;
    private readonly StringBuilder _lineBound = new();
    private int _at;

    // The framework's linear engine does not always give the leftmost match of an expression with optional parts or anchors ("x?x?$^"),
    // though it tells rightly whether a line matches: such expressions are tried line by line.
    private bool _lineByLine;

    private RegexLiterals(string pattern, bool ignoreCase)
    {
        _pattern = pattern;
        _ignoreCase = ignoreCase;
    }

    /// <summary>What was found out about one expression.</summary>
    /// <param name="Required">Every match contains one of these; null when none can be named.</param>
    /// <param name="IsExact">The expression matches exactly the required literals and nothing else.</param>
    /// <param name="LineBound">The expression for whole chunks, or null when it must be tried line by line.</param>
    /// <param name="IgnoreCase">Whether case is ignored, by option or by a leading <c>(?i)</c>.</param>
    public sealed record Findings(IReadOnlyList<string>? Required, bool IsExact, string? LineBound, bool IgnoreCase);

    /// <summary>Exact: all that the piece can match. Required: one of these is in every match. Repeats: the exact texts may follow one another.</summary>
    private readonly record struct Piece(List<string>? Exact, List<string>? Required, bool Repeats = false)
    {
        public static Piece Unknown => default;
    }

    public static Findings Read(string pattern, bool ignoreCase)
    {
        if (pattern.StartsWith("(?i)", StringComparison.Ordinal))
        {
            pattern = pattern[4..];
            ignoreCase = true;
        }

        var reader = new RegexLiterals(pattern, ignoreCase);
        try
        {
            Piece whole = reader.Alternation();
            bool exact = whole.Exact is not null && whole.Exact.All(text => text.Length > 0);
            string? lineBound = reader._lineByLine ? null : reader._lineBound.ToString();
            return new Findings(exact ? whole.Exact : whole.Required, exact, lineBound, ignoreCase);
        }
        catch (FormatException)
        {
            return new Findings(null, false, null, ignoreCase);
        }
    }

    private bool AtEnd => _at >= _pattern.Length;

    private Piece Alternation()
    {
        Piece whole = Concatenation();
        while (!AtEnd && _pattern[_at] == '|')
        {
            Take(1);
            Piece next = Concatenation();
            whole = new Piece(Union(whole.Exact, next.Exact), Union(Best(whole), Best(next)));
        }

        return whole;
    }

    private Piece Concatenation()
    {
        List<string> run = [""];
        List<string>? best = null;
        bool exact = true;
        while (!AtEnd && _pattern[_at] is not ('|' or ')'))
        {
            if (ZeroWidth())
            {
                _lineByLine = true;
                exact = false;
                continue;
            }

            Piece piece = Quantified(Atom());
            List<string>? longer = piece.Exact is null ? null : Product(run, piece.Exact);
            if (longer is not null && !piece.Repeats)
            {
                run = longer;
                continue;
            }

            exact = false;
            best = Better(best, longer ?? run);
            best = Better(best, piece.Required);
            // The last repetition touches what follows it.
            run = piece.Exact is { Count: > 0 } texts ? [.. texts] : [""];
        }

        return new Piece(exact ? run : null, Better(best, run));
    }

    private bool ZeroWidth()
    {
        char c = _pattern[_at];
        if (c is '^')
        {
            Take(1);
            return true;
        }

        if (c is '$')
        {
            // Lines are tried without their carriage return, chunks have it.
            _lineBound.Append("\\r?$");
            _at++;
            return true;
        }

        if (c == '\\' && _at + 1 < _pattern.Length)
        {
            if (_pattern[_at + 1] is 'b' or 'B')
            {
                Take(2);
                return true;
            }

            if (_pattern[_at + 1] is 'A' or 'z' or 'Z' or 'G')
            {
                throw new FormatException("An anchor that means something else in a chunk than in a line.");
            }
        }

        return false;
    }

    private Piece Atom()
    {
        char c = _pattern[_at];
        switch (c)
        {
            case '(':
                return Group();
            case '[':
                return Class();
            case '\\':
                return Escape();
            case '.':
                Take(1);
                return Piece.Unknown;
            case '*' or '+' or '?':
                throw new FormatException("A quantifier without anything before it.");
            default:
                Take(1);
                return Character(c);
        }
    }

    private Piece Group()
    {
        Take(1);
        if (!AtEnd && _pattern[_at] == '?')
        {
            int length = _pattern.AsSpan(_at) switch
            {
                ['?', ':', ..] => 2,
                ['?', '<', not ('=' or '!'), ..] => _pattern.IndexOf('>', _at) - _at + 1,
                _ => throw new FormatException("A group with options is not looked into."),
            };
            Take(length > 0 ? length : throw new FormatException("An unfinished group name."));
        }

        Piece inner = Alternation();
        if (AtEnd)
        {
            throw new FormatException("An unfinished group.");
        }

        Take(1);
        return inner;
    }

    private Piece Class()
    {
        int start = _at + 1;
        bool negated = start < _pattern.Length && _pattern[start] == '^';
        int end = negated ? start + 1 : start;
        var characters = new List<string>();
        bool plain = !negated;
        for (bool first = true; ; first = false, end++)
        {
            if (end >= _pattern.Length)
            {
                throw new FormatException("An unfinished class.");
            }

            char c = _pattern[end];
            if (c == ']' && !first)
            {
                break;
            }

            if (c == '[')
            {
                throw new FormatException("A class within a class is not looked into.");
            }

            if (c is '\\')
            {
                plain = false;
                end++;
            }
            else if (c == '-')
            {
                plain = false;
            }

            characters.Add(c.ToString());
        }

        string text = _pattern[_at..(end + 1)];
        _lineBound.Append(negated ? NegatedWithLineEnd(text) : text);
        _at = end + 1;
        return plain && characters.Count is > 0 and <= 4 && characters.TrueForAll(s => IsLiteral(s[0]))
            ? new Piece(characters, null)
            : Piece.Unknown;
    }

    /// <summary>The class without line ends, which <c>[^x]</c> would otherwise match. First in a class, '-' and ']' stand for themselves; behind anything they do not.</summary>
    private static string NegatedWithLineEnd(string text) => (text[2] is '-' or ']' ? "[^\\n\\" : "[^\\n") + text[2..];

    private Piece Escape()
    {
        if (_at + 1 >= _pattern.Length)
        {
            throw new FormatException("An unfinished escape.");
        }

        char c = _pattern[_at + 1];
        switch (c)
        {
            case 'd' or 'w' or 'S':
                Take(2);
                return Piece.Unknown;
            case 's' or 'W' or 'D':
                _lineBound.Append(c switch { 's' => @"[^\S\n]", 'W' => @"[^\w\n]", _ => @"[^\d\n]" });
                _at += 2;
                return Piece.Unknown;
            case 'p' or 'P':
                int close = _pattern.IndexOf('}', _at);
                Take(close > 0 ? close - _at + 1 : throw new FormatException("An unfinished category."));
                return Piece.Unknown;
            case 't':
                Take(2);
                return new Piece(["\t"], null);
            default:
                if (char.IsAsciiLetterOrDigit(c))
                {
                    throw new FormatException("An escape that is not looked into.");
                }

                Take(2);
                return Character(c);
        }
    }

    private Piece Quantified(Piece piece)
    {
        if (AtEnd)
        {
            return piece;
        }

        int least, most;
        switch (_pattern[_at])
        {
            case '*':
                (least, most) = (0, int.MaxValue);
                Take(1);
                break;
            case '+':
                (least, most) = (1, int.MaxValue);
                Take(1);
                break;
            case '?':
                (least, most) = (0, 1);
                Take(1);
                break;
            case '{' when Counted(out least, out most):
                break;
            default:
                return piece;
        }

        if (!AtEnd && _pattern[_at] == '?')
        {
            Take(1);
        }

        _lineByLine |= least == 0;
        return (least, most) switch
        {
            (1, 1) => piece,
            (0, 1) when piece.Exact is not null => new Piece([.. piece.Exact, ""], null),
            (0, _) => Piece.Unknown,
            _ => piece with { Repeats = true },
        };
    }

    private bool Counted(out int least, out int most)
    {
        least = most = 0;
        int close = _pattern.IndexOf('}', _at);
        if (close < 0)
        {
            return false;
        }

        string[] parts = _pattern[(_at + 1)..close].Split(',');
        // Anything but digits, a space too, makes the braces stand for themselves.
        if (parts.Length > 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out least))
        {
            return false;
        }

        most = parts.Length == 1 ? least : int.MaxValue;
        if (parts is [_, not ""] && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out most))
        {
            return false;
        }

        Take(close - _at + 1);
        return true;
    }

    private Piece Character(char c) => IsLiteral(c) ? new Piece([c.ToString()], null) : Piece.Unknown;

    // Beyond ASCII one character may have several spellings when case is ignored; U+FFFD stands for any byte that is not UTF-8.
    private bool IsLiteral(char c) => c < 128 || (!_ignoreCase && !char.IsSurrogate(c) && c != '\uFFFD');

    private void Take(int count)
    {
        _lineBound.Append(_pattern, _at, count);
        _at += count;
    }

    private static List<string>? Product(List<string> left, List<string> right)
    {
        if (left.Count * right.Count > MostLiterals)
        {
            return null;
        }

        List<string> all = left.SelectMany(_ => right, (a, b) => a + b).ToList();
        return all.Exists(text => text.Length > LongestLiteral) ? null : all;
    }

    private static List<string>? Union(List<string>? left, List<string>? right) =>
        left is null || right is null || left.Count + right.Count > MostLiterals ? null : [.. left, .. right];

    private static List<string>? Best(Piece piece) => Better(piece.Required, piece.Exact);

    private static List<string>? Better(List<string>? left, List<string>? right) => Worth(right) > Worth(left) ? right : left;

    /// <summary>The longer and rarer the weakest literal, the better; many literals cost a little.</summary>
    private static int Worth(List<string>? literals) =>
        literals is null || literals.Count == 0 || literals.Exists(text => text.Length == 0)
            ? 0
            : literals.Min(WorthOf) * 16 / (16 + literals.Count);

    private static int WorthOf(string text)
    {
        int worth = 0;
        foreach (char c in text)
        {
            worth += 40 + (c < 128 ? ByteRarity.Of((byte)c) : 200);
        }

        return worth;
    }
}
