using Fleet.LogSearch.Matching.Syntax;

namespace Fleet.LogSearch.Matching;

/// <summary>
/// Reads a regular expression for two things: literals of which every match must hold one, so that most of a file need not be seen by the
/// automaton, and whether whole chunks of lines can be searched with it.
/// </summary>
/// <remarks>It only has to be right about what it claims: wherever the syntax is unusual it claims nothing.</remarks>
internal sealed class RegexLiterals
{
    private const int MostLiterals = 32;
    private const int LongestLiteral = 48;
    private const int MostOfOnePlace = 4;
    private const int ShortestStretch = 3;

    private readonly IReadOnlyList<PatternToken> _tokens;
    private readonly bool _ignoreCase;
    private readonly int _lastCode;
    private int _at;

    // The framework's linear engine does not always give the leftmost match of an expression with optional parts or anchors ("x?x?$^"), or
    // beyond ASCII, though it tells rightly whether a line matches: such expressions are tried line by line.
    private bool _lineByLine;

    private RegexLiterals(IReadOnlyList<PatternToken> tokens, bool ignoreCase, LogEncoding encoding)
    {
        _tokens = tokens.Any(token => token.Kind == TokenKind.Nothing) ? [.. tokens.Where(token => token.Kind != TokenKind.Nothing)] : tokens;
        _ignoreCase = ignoreCase;
        _lastCode = encoding == LogEncoding.Latin1 ? 0xFF : CodeRanges.Last;
    }

    /// <summary>What was found out about one expression.</summary>
    /// <param name="Required">Every match contains one of these; null when none can be named.</param>
    /// <param name="IsExact">The expression matches exactly the required literals and nothing else.</param>
    /// <param name="FitsChunks">Whether whole chunks can be searched with it.</param>
    public sealed record Findings(IReadOnlyList<string>? Required, bool IsExact, bool FitsChunks);

    /// <summary>Exact: all that the piece can match. Required: one of these is in every match. Repeats: the exact texts may follow one another.</summary>
    private readonly record struct Piece(List<string>? Exact, List<string>? Required, bool Repeats = false)
    {
        public static Piece Unknown => default;
    }

    /// <param name="tokens">The expression.</param>
    /// <param name="ignoreCase">Whether all of it ignores case. ASCII letters are then given once, in lower case.</param>
    /// <param name="encoding">What there can be in the text.</param>
    public static Findings Read(IReadOnlyList<PatternToken> tokens, bool ignoreCase, LogEncoding encoding)
    {
        var reader = new RegexLiterals(tokens, ignoreCase, encoding);
        try
        {
            Piece whole = reader.Alternation();
            bool exact = whole.Exact is not null && whole.Exact.All(text => text.Length > 0);
            List<string>? required = exact ? whole.Exact : whole.Required;
            // One literal is found more quickly than several that differ only where case has a third form ("kill", "\u212Aill").
            List<string>? narrowed = ignoreCase ? SharedStretch(required) : null;
            return narrowed is null ? new Findings(required, exact, !reader._lineByLine) : new Findings(narrowed, false, !reader._lineByLine);
        }
        catch (FormatException)
        {
            return new Findings(null, false, false);
        }
    }

    private bool AtEnd => _at >= _tokens.Count;

    private TokenKind Kind => _tokens[_at].Kind;

    private Piece Alternation()
    {
        Piece whole = Concatenation();
        while (!AtEnd && Kind == TokenKind.Alternate)
        {
            _at++;
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
        while (!AtEnd && Kind is not (TokenKind.Alternate or TokenKind.Close))
        {
            if (Kind is TokenKind.LineStart or TokenKind.LineEnd or TokenKind.WordEdge)
            {
                _at++;
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

    private Piece Atom()
    {
        PatternToken token = _tokens[_at++];
        return token.Kind switch
        {
            TokenKind.Open => Group(),
            TokenKind.Set => OneOf(token),
            TokenKind.Quantifier => throw new FormatException("A quantifier without anything before it."),
            _ => throw new FormatException("This is not looked into."),
        };
    }

    private Piece Group()
    {
        Piece inner = Alternation();
        if (AtEnd)
        {
            throw new FormatException("An unfinished group.");
        }

        _at++;
        return inner;
    }

    private Piece OneOf(PatternToken token)
    {
        CharacterSet set = token.Set!;
        _lineByLine |= NamesBeyondAscii(token);
        int[]? few = set.Few(2 * MostOfOnePlace);
        if (few is null)
        {
            return Piece.Unknown;
        }

        // A literal with a line's end would be found where no line holds it; a record of several lines may hold it.
        if (Array.Exists(few, code => code is '\n' or '\r'))
        {
            _lineByLine = true;
            return Piece.Unknown;
        }

        // The case of ASCII letters is ignored by the literals themselves.
        string[] texts =
        [
            .. few.Where(code => code <= _lastCode && !(_ignoreCase && code is >= 'A' and <= 'Z') && code is < 0xD800 or > 0xDFFF).Select(char.ConvertFromUtf32),
        ];
        return texts.Length is > 0 and <= MostOfOnePlace ? new Piece([.. texts], null) : Piece.Unknown;
    }

    // \s, \w and categories are known to do well, and so does what case adds to a letter.
    private static bool NamesBeyondAscii(PatternToken token) =>
        !System.Text.Ascii.IsValid(token.Text) || token.Text.Contains("\\u", StringComparison.Ordinal) || token.Text.Contains("\\x", StringComparison.Ordinal)
        || (token.Text.Contains("\\p", StringComparison.OrdinalIgnoreCase) && !token.Set!.Ranges.IsEmpty);

    private Piece Quantified(Piece piece)
    {
        if (AtEnd || Kind != TokenKind.Quantifier)
        {
            return piece;
        }

        (int least, int most) = (_tokens[_at].Least, _tokens[_at].Most);
        _at++;
        _lineByLine |= least == 0;
        return (least, most) switch
        {
            (1, 1) => piece,
            (0, 1) when piece.Exact is not null => new Piece([.. piece.Exact, ""], null),
            (0, _) => Piece.Unknown,
            _ => piece with { Repeats = true },
        };
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

    /// <summary>Of texts of one length that differ in few places: the best stretch that all have; null where it is not worth it.</summary>
    private static List<string>? SharedStretch(List<string>? texts)
    {
        if (texts is null or { Count: < 2 } || texts.Exists(text => text.Length != texts[0].Length))
        {
            return null;
        }

        string best = "";
        for (int start = 0, i = 0; i <= texts[0].Length; i++)
        {
            if (i < texts[0].Length && texts.TrueForAll(text => text[i] == texts[0][i]))
            {
                continue;
            }

            string stretch = texts[0][start..i];
            best = WorthOf(stretch) > WorthOf(best) ? stretch : best;
            start = i + 1;
        }

        return best.Length >= ShortestStretch && WorthOf(best) * 3 >= WorthOf(texts[0]) * 2 ? [best] : null;
    }

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
