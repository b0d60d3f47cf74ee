using Fleet.Protocol.Units;

namespace Fleet.Protocol.Targets;

/// <summary>Reads a target by recursive descent; nesting, length, names and globs are bounded.</summary>
/// <remarks>
/// any := all ("or" all)*; all := unary ("and" unary)*; unary := "not" unary | "(" any ")" | "online" | "offline" | "has" key
/// | key operator value | key ["not"] "in" "(" values ")" | names.
/// </remarks>
internal sealed class TargetParser(string text)
{
    private const string Joiners = "expected 'and', 'or' or ";
    private readonly TargetCursor _cursor = new(text);
    private readonly NamesReader _names = new(text);
    private int _depth;

    public TargetTerm Parse()
    {
        if (text.Length > Target.LongestText)
            throw TooLong(text);

        _cursor.SkipSpace();
        if (_cursor.IsAtEnd)
            throw _cursor.Fail("a target is missing", "name agents (web[01-10]), labels (role=web) or all of them (*)");

        var term = ReadAny();
        return _cursor.IsAtEnd ? term : throw ExpectedJoiner("the end");
    }

    public static FleetFormatException TooLong(string text) => new(text, new ParseError(
        1, $"a target has at most {Target.LongestText} characters", "use labels, globs or node sets instead of single names"));

    private TargetTerm ReadAny()
    {
        var terms = new List<TargetTerm> { ReadAll() };
        while (_cursor.TryReadKeyword(Keyword.Or) || _cursor.TryRead("||"))
            terms.Add(ReadAll());
        return AnyOfTerm.Of(terms);
    }

    private TargetTerm ReadAll()
    {
        var terms = new List<TargetTerm> { ReadUnary() };
        while (_cursor.TryReadKeyword(Keyword.And) || _cursor.TryRead("&&"))
            terms.Add(ReadUnary());
        return AllOfTerm.Of(terms);
    }

    private TargetTerm ReadUnary()
    {
        _cursor.SkipSpace();
        if (++_depth > Target.DeepestNesting)
            throw _cursor.Fail($"nested deeper than {Target.DeepestNesting} levels", "remove parentheses or negations");

        var term = _cursor.TryReadKeyword(Keyword.Not) || _cursor.TryReadNegation() ? new NotTerm(ReadUnary()) : ReadPrimary();
        _depth--;
        _cursor.SkipSpace();
        return term;
    }

    private TargetTerm ReadPrimary()
    {
        if (_cursor.TryRead("("))
            return ReadParenthesis();
        if (_cursor.TryReadKeyword(Keyword.Online))
            return Presence(online: true);
        if (_cursor.TryReadKeyword(Keyword.Offline))
            return Presence(online: false);
        if (_cursor.TryReadKeyword(Keyword.Has))
            return new HasTerm(ReadKeyAfterHas());
        if (Keyword.IsKeyword(_cursor.PeekWord()) && !_cursor.IsWordOpenEnded())
            throw _cursor.Fail($"expected a name or a comparison before '{_cursor.PeekWord()}'", $"quote it if it is a name: \"{_cursor.PeekWord()}\"");
        return TryReadComparison() ?? ReadNames();
    }

    private TargetTerm ReadParenthesis()
    {
        var opening = _cursor.Position - 1;
        var term = ReadAny();
        if (_cursor.TryRead(")"))
            return term;
        if (_cursor.IsAtEnd)
            throw _cursor.FailAt(opening, "this '(' is never closed", "add ')'");
        throw ExpectedJoiner("')'");
    }

    private PresenceTerm Presence(bool online)
    {
        _cursor.SkipSpace();
        if (_cursor.PeekOperator().Length > 0)
            throw _cursor.Fail("'online' and 'offline' are not compared", "write online or offline alone, or label.online=... for a label");
        return new PresenceTerm(online);
    }

    private TargetKey ReadKeyAfterHas()
    {
        _cursor.SkipSpace();
        var start = _cursor.Position;
        var word = _cursor.ReadWord();
        return word.Length > 0 ? ParseKey(word, start) : throw _cursor.Fail("expected the key of a label or fact after 'has'", "write has role");
    }

    private TargetTerm? TryReadComparison()
    {
        var start = _cursor.Position;
        var word = _cursor.ReadWord();
        _cursor.SkipSpace();
        if (word.Length > 0)
        {
            var symbol = _cursor.PeekOperator();
            if (symbol.Length > 0)
                return ReadComparison(ParseKey(word, start), symbol);
            if (_cursor.TryReadKeyword(Keyword.In))
                return ReadList(ParseKey(word, start));
            if (_cursor.TryReadKeyword(Keyword.Not) && _cursor.TryReadKeyword(Keyword.In))
                return new NotTerm(ReadList(ParseKey(word, start)));
        }

        _cursor.Position = start;
        return null;
    }

    private TargetTerm ReadComparison(TargetKey key, string symbol)
    {
        _cursor.Position += symbol.Length;
        _cursor.SkipSpace();
        if (symbol is "=~" or "!~")
            return Negate(symbol == "!~", new ValueReader(_cursor).ReadRegex(key));

        var isEquality = symbol is "=" or "==" or "!=";
        if (key.Scope == KeyScope.Name && isEquality)
            return Negate(symbol == "!=", ReadNames());

        var value = new ValueReader(_cursor).Read(after: symbol, allowGlob: isEquality);
        if (isEquality && value is { IsGlob: true, Text: "*" })
            return Negate(symbol == "!=", new HasTerm(key));
        return new CompareTerm(key, ToComparison(symbol), value);
    }

    private TargetTerm ReadList(TargetKey key)
    {
        _cursor.SkipSpace();
        if (!_cursor.TryRead("("))
            throw _cursor.Fail("expected '(' after 'in'", $"write {key} in (a,b)");
        var opening = _cursor.Position - 1;
        TargetTerm term = key.Scope == KeyScope.Name ? ReadNames() : new OneOfTerm(key, new(new ValueReader(_cursor).ReadList()));

        _cursor.SkipSpace();
        if (_cursor.TryRead(")"))
            return term;
        throw _cursor.IsAtEnd ? _cursor.FailAt(opening, "this '(' is never closed", "add ')'") : _cursor.Fail("expected ',' or ')'", "");
    }

    private NamesTerm ReadNames() => _names.Read(_cursor);

    private TargetKey ParseKey(string word, int start) => TargetKey.TryParse(word, out var key, out var error)
        ? key
        : throw _cursor.FailAt(start + error!.Column - 1, error.Message, error.Hint);

    private FleetFormatException ExpectedJoiner(string orElse) => _cursor.Current switch
    {
        ',' => _cursor.Fail("a comma joins names only", "write role in (web,db), or join the terms by 'and' or 'or'"),
        ')' => _cursor.Fail("this ')' was never opened", "add '(' or remove it"),
        '&' => _cursor.Fail(Joiners + orElse, "write && or and"),
        '|' => _cursor.Fail(Joiners + orElse, "write || or or"),
        '=' or '<' or '>' => _cursor.Fail(Joiners + orElse, "the left side of a comparison is one key, without globs or brackets"),
        _ => _cursor.Fail(Joiners + orElse, ""),
    };

    private static TargetTerm Negate(bool isNegated, TargetTerm term) => isNegated ? new NotTerm(term) : term;

    private static Comparison ToComparison(string symbol) => symbol switch
    {
        "=" or "==" => Comparison.Equal,
        "!=" => Comparison.NotEqual,
        "<" => Comparison.Less,
        "<=" => Comparison.LessOrEqual,
        ">" => Comparison.Greater,
        _ => Comparison.GreaterOrEqual,
    };
}
